import { type Tree, valueMoment } from '@nsm/schema'
import type { Service } from '@nsm/server'
import { readTree } from '@nsm/server/tree'
import { Command, InvalidArgumentError, Option } from 'commander'
import { DEFAULT_STORE, storeOption, treeOption } from '../options.js'
import type { Terminal } from '../terminal/terminal.js'

interface Flags {
  tree: string
  store: string
  journal?: string
  host: string
  port: number
  writeKey?: string[]
  readToken?: string[]
  secretKey?: string[]
  logLevel?: string
  salvage?: boolean
}

/** `nsm serve`: the service, until it is told to stop. */
export function serveCommand(terminal: Terminal): Command {
  return new Command('serve')
    .description('collect events and serve reports until you press Ctrl+C')
    .addOption(treeOption())
    .addOption(storeOption().default(DEFAULT_STORE))
    .addOption(
      new Option('--journal <folder>', 'where accepted events are first written (default: in the store’s folder)').env(
        'NSM_JOURNAL',
      ),
    )
    .addOption(
      new Option('--host <address>', 'address to listen on; any but this machine’s own needs keys')
        .env('NSM_HOST')
        .default('127.0.0.1'),
    )
    .addOption(
      new Option('--port <port>', 'port to listen on; 0 takes a free one')
        .env('NSM_PORT')
        .default(4600)
        .argParser(parsePort),
    )
    .addOption(keys('--write-key <keys>', 'public keys that may only send events', 'NSM_WRITE_KEYS'))
    .addOption(keys('--read-token <tokens>', 'tokens that read reports', 'NSM_READ_TOKENS'))
    .addOption(keys('--secret-key <keys>', 'keys that import', 'NSM_SECRET_KEYS'))
    .addOption(
      new Option('--log-level <level>', 'the log goes to standard error (default: warn on a terminal, else info)')
        .choices(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
        .env('NSM_LOG_LEVEL'),
    )
    .addOption(
      new Option('--salvage', 'go on over damage in the journal; the unreadable bytes are set aside').env(
        'NSM_SALVAGE',
      ),
    )
    .addHelpText('after', KEYS_HELP)
    .action(async (flags: Flags) => {
      const tree = await readTree(flags.tree)
      const { serve } = await import('@nsm/server')
      const { writeKey, readToken, secretKey, logLevel, ...rest } = flags
      const service = await serve({
        ...rest,
        writeKeys: writeKey,
        readTokens: readToken,
        secretKeys: secretKey,
        logLevel: logLevel ?? (terminal.watched ? 'warn' : 'info'),
        logTo: { write: terminal.note },
      })
      terminal.print(describe(service, tree, flags, terminal))
      const failure = await Promise.race([stopped(), service.ended])
      await service.close()
      if (failure) throw failure
    })
}

const KEYS_HELP = `
Several keys are written with commas between them. A key may be given by its hash, sha256:HEX, so that it stands nowhere.
On this machine's own address the keys wk_dev, rt_dev and sk_dev work until one of any kind is given.`

const keys = (flags: string, description: string, variable: string) =>
  new Option(flags, description)
    .env(variable)
    .argParser((text: string, previous: string[] = []) => [...previous, ...text.split(',').map((key) => key.trim())])

function parsePort(text: string): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new InvalidArgumentError('Use a port from 1 to 65535, or 0 for any free port.')
  }
  return port
}

/** Resolves when somebody wants the process to end. */
function stopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
}

/** What to open, and what to paste. */
function describe(
  { url, store, developmentKeys, stub }: Service,
  tree: Tree,
  flags: Flags,
  { colors }: Terminal,
): string {
  const { bold, dim } = colors
  const key = developmentKeys.write ?? flags.writeKey?.find((given) => !given.startsWith('sha256:')) ?? 'YOUR_WRITE_KEY'
  const development = Object.values(developmentKeys)
  const lines = [
    `${bold('nsm')} collects events and reports on ${flags.tree}.`,
    '',
    `  Dashboard    ${bold(`${url}/`)}`,
    `  Send to      ${url}/v1/batch ${dim('(any Segment library)')}`,
    `  Store        ${store}`,
    ...(development.length > 0
      ? [`  Keys         ${development.join(', ')} ${dim('(for this machine only; everybody knows them)')}`]
      : []),
    '',
    'In your product:',
    '',
    ...(stub ? [`  <script>${stub}</script>`] : []),
    `  <script async src="${url}/nsm.js" data-write-key="${key}"></script>`,
    `  <script>nsm.track(${JSON.stringify(valueMoment(tree) ?? 'value_moment')})</script>`,
    '',
    'On any page:',
    '',
    `  <script type="module" src="${url}/nsm-card.js"></script>`,
    `  <nsm-card src="${url}/v1/report" refresh="live"></nsm-card>`,
    ...(developmentKeys.read
      ? [`  <script>document.querySelector('nsm-card').token = '${developmentKeys.read}'</script>`]
      : []),
    '',
    dim('Press Ctrl+C to stop.'),
  ]
  return lines.join('\n')
}
