import { timeZoneSchema } from '@nsm/schema'
import { Command, InvalidArgumentError, Option } from 'commander'
import { usageError } from '../failure.js'
import { importRows, type Tally } from '../import/import-rows.js'
import { rejectedFile } from '../import/rejected-file.js'
import { serviceSink } from '../import/service-sink.js'
import type { Sink } from '../import/sink.js'
import { storeSink } from '../import/store-sink.js'
import { openSource, type Source } from '../input/bytes.js'
import { type Mapping, missingColumn, parseMap } from '../input/map.js'
import { type Rows, readRows } from '../input/read-rows.js'
import { DEFAULT_STORE, jsonOption, storeOption, urlOption } from '../options.js'
import { checkOneSource } from '../query/source.js'
import { startProgress } from '../terminal/progress.js'
import type { Terminal } from '../terminal/terminal.js'

interface Flags {
  map?: Mapping[]
  timeZone: string
  store?: string
  url?: string
  key?: string
  rejected?: string
  json?: boolean
}

const MAP_HELP = `
A CSV needs --map to say what its columns hold:

  --map event=type,userId=user,timestamp=date,properties.amount=price
  --map 'event:=order placed' --map userId=customer,timestamp="ordered, at",properties.zip=zip:text

  TARGET=COLUMN          a column's value; put names that contain a comma, colon or equals sign in "quotes"
  TARGET=COLUMN:number   a column of numbers (or :text, :boolean); without a type, 12.5 becomes a number,
                         true a boolean, and 007 stays text
  TARGET:=VALUE          the same value for every row

  Targets: type (default: track), event, userId, anonymousId, groupId, timestamp, receivedAt, messageId,
  properties.ANY, traits.ANY, context.ANY (such as context.groupId)

Times can be ISO 8601, 2026-03-02 09:00:00, 2026-03-02, or seconds or milliseconds since 1970.
`

/** `nsm import`: imports history into a store, from Segment messages or a CSV. */
export function importCommand(terminal: Terminal): Command {
  return new Command('import')
    .description('import history from a file: Segment messages, one per line, or CSV')
    .argument('<file>', 'the file, plain or gzipped; - for standard input')
    .addOption(new Option('--map <map>', 'how a CSV’s columns map to events (see below)').argParser(parseMap))
    .addOption(
      new Option('--time-zone <zone>', 'time zone of CSV times that don’t name one')
        .default('UTC')
        .argParser(parseZone),
    )
    .addOption(storeOption().default(undefined, `${DEFAULT_STORE}, the same as nsm serve`))
    .addOption(urlOption())
    .addOption(new Option('--key <key>', 'the service’s secret key').env('NSM_SECRET_KEY'))
    .option(
      '--rejected <file>',
      'where to write rejected rows (default: next to the input, ending in .rejected.ndjson)',
    )
    .addOption(jsonOption())
    .addHelpText('after', MAP_HELP)
    .action(async (file: string, flags: Flags) => {
      const started = terminal.now()
      const { tally, sink } = await runImport(file, flags, terminal)
      if (flags.json) terminal.print(JSON.stringify(summaryOf(tally)))
      else terminal.print(describe(tally, sink, terminal.now() - started))
      if (tally.rejected + tally.rejectedBefore > 0) terminal.exitCode = 1
    })
}

async function runImport(file: string, flags: Flags, terminal: Terminal): Promise<{ tally: Tally; sink: string }> {
  checkOneSource(flags)
  const map = flags.map ?? []
  const first = await openInput(file, map, terminal)
  const progress = startProgress(terminal)
  let input: typeof first | undefined = first
  let source = first.source
  const sink = await openSink(flags, terminal)
  try {
    const tally = await importRows({
      again: file !== '-',
      map,
      zone: flags.timeZone,
      sink,
      rejected: (append) => rejectedFile(flags.rejected ?? rejectedPath(file), append),
      async open() {
        const opened = input ?? (await openInput(file, map, terminal))
        input = undefined
        source = opened.source
        return opened.rows
      },
      onProgress: (soFar) => progress.update(() => progressLine(soFar, source)),
    })
    return { tally, sink: sink.name }
  } finally {
    progress.done()
    await sink.close()
  }
}

/** Opens the input and checks that the map fits it, before any store is opened. */
async function openInput(
  file: string,
  map: readonly Mapping[],
  terminal: Terminal,
): Promise<{ source: Source; rows: Rows }> {
  const source = await openSource(file, terminal.input)
  const rows = await readRows(source.bytes, source.name)
  if (rows.format === 'ndjson' && map.length > 0)
    throw usageError(`${source.name} is JSON lines. Remove --map, which is only for a CSV.`)
  if (rows.format === 'csv') {
    if (map.length === 0) {
      throw usageError(
        `${source.name} is a CSV with the columns ${rows.columns.join(', ')}. Map them with --map, for example --map event=${rows.columns[0]},userId=…,timestamp=…`,
      )
    }
    const missing = missingColumn(map, rows.columns)
    if (missing) throw usageError(`${source.name}: ${missing}`)
  }
  return { source, rows }
}

async function openSink(flags: Flags, terminal: Terminal): Promise<Sink> {
  if (flags.url !== undefined) return serviceSink({ url: flags.url, key: flags.key })
  const location = flags.store ?? DEFAULT_STORE
  const { openStore } = await import('@nsm/engine')
  try {
    return storeSink(await openStore(location), location, terminal.now())
  } catch (error) {
    if ((error as { code?: string }).code !== 'store_locked') throw error
    throw usageError(
      `The store ${location} is in use, probably by nsm serve. Import through the service with --url http://127.0.0.1:4600, or stop nsm serve first.`,
    )
  }
}

function rejectedPath(file: string): string {
  return file === '-'
    ? 'import.rejected.ndjson'
    : `${file.replace(/(\.(ndjson|jsonl|json|csv|tsv))?(\.gz)?$/, '')}.rejected.ndjson`
}

function progressLine({ rows, rejected }: Tally, source: Source): string {
  const share = source.size ? `${Math.min(100, Math.floor((source.read() / source.size) * 100))}%, ` : ''
  return `Importing ${source.name}: ${share}${count(rows, 'row')}${rejected > 0 ? `, ${count(rejected, 'row')} rejected` : ''}`
}

function summaryOf({ rows, skipped, imported, rejected, rejectedBefore, rejectedFile }: Tally): object {
  return { rows, skipped, imported, rejected, rejectedBefore, ...(rejected > 0 ? { rejectedFile } : {}) }
}

function describe(
  { rows, skipped, imported, rejected, rejectedBefore, rejectedFile }: Tally,
  sink: string,
  ms: number,
): string {
  if (rows === 0) return 'The input has no rows, so nothing was imported.'
  if (skipped === rows) {
    return rejectedBefore === 0
      ? `Nothing new: all ${count(rows, 'row')} had already been imported into ${sink}.`
      : `Nothing new: an earlier import into ${sink} read all ${count(rows, 'row')} and rejected ${rejectedBefore} of them.`
  }
  const resumed = skipped > 0 ? ` Skipped ${count(skipped, 'row')} that an earlier import had read.` : ''
  const line = `${count(imported, 'event')} imported into ${sink} in ${(ms / 1000).toFixed(1)} s.${resumed}`
  return rejected === 0 ? line : `${line}\n${count(rejected, 'row')} rejected. See ${rejectedFile} for the reasons.`
}

function count(n: number, noun: string): string {
  return `${n.toLocaleString('en')} ${noun}${n === 1 ? '' : 's'}`
}

function parseZone(zone: string): string {
  const parsed = timeZoneSchema.safeParse(zone)
  if (!parsed.success) throw new InvalidArgumentError(parsed.error.issues[0]?.message ?? '')
  return zone
}
