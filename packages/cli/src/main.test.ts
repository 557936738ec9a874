import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { reportSchema } from '@nsm/schema'
import { createColors } from 'picocolors'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { run } from './main.js'
import type { Terminal } from './terminal/terminal.js'

let folder: string
const file = (name: string) => join(folder, name)
const NOW = Date.parse('2026-03-20T12:00:00Z')

/** Runs a command line without a terminal, in the third week of March 2026. */
async function nsm(
  args: string,
  { input = '', ...changes }: Partial<Omit<Terminal, 'input'>> & { input?: string } = {},
) {
  const printed: string[] = []
  const noted: string[] = []
  const terminal: Terminal = {
    input: (async function* () {
      yield Buffer.from(input)
    })(),
    print: (text) => printed.push(text),
    note: (text) => noted.push(text),
    width: undefined,
    watched: false,
    colors: createColors(false),
    exitCode: 0,
    now: () => NOW,
    ...changes,
  }
  const words = args.match(/'[^']*'|\S+/g) ?? []
  const code = await run(
    words.map((word) => word.replace(/^'(.*)'$/, '$1').replaceAll('DIR', folder)),
    terminal,
  )
  return { code, out: printed.join('\n'), err: noted.join('') }
}

const TREE = {
  version: 1,
  product: 'Homes',
  calendar: { timezone: 'UTC' },
  events: { booked: { value: true, properties: { nights: 'number' } } },
  segments: { region: { property: 'region' } },
  northStar: ['nights'],
  metrics: {
    nights: {
      title: 'Nights booked',
      unit: 'nights',
      definition: { kind: 'sum', event: 'booked', property: 'nights' },
    },
    guests: { title: 'Guests', definition: { kind: 'unique', of: 'user', event: 'booked' } },
    rate: {
      title: 'Long stays',
      unit: 'percent',
      definition: {
        kind: 'ratio',
        numerator: { kind: 'count', event: 'booked', where: { nights: { gte: 7 } } },
        denominator: { kind: 'count', event: 'booked' },
      },
    },
  },
}
const booked = (day: string, userId: string, nights: unknown, more: object = {}) =>
  JSON.stringify({
    type: 'track',
    event: 'booked',
    userId,
    timestamp: `${day}T10:00:00Z`,
    properties: { nights, region: userId === 'u1' ? 'north' : 'south' },
    ...more,
  })
const EVENTS = [
  booked('2026-03-02', 'u1', 2),
  booked('2026-03-03', 'u2', 7),
  booked('2026-03-03', 'u2', 'seven'),
  booked('2026-03-10', 'u1', 3, { messageId: 'm', receivedAt: '2026-03-10T10:00:01Z' }),
  booked('2026-03-10', 'u1', 9, { messageId: 'm', receivedAt: '2026-03-10T10:00:02Z' }),
  booked('2026-03-11', 'u3', 4, { receivedAt: '2026-03-18T00:00:00Z' }),
].join('\n')

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nsm-cli-'))
  await writeFile(file('tree.json'), JSON.stringify(TREE))
  await writeFile(file('events.ndjson'), EVENTS)
  await writeFile(file('events.csv'), 'what,who,on,price\nbooked,u1,2026-03-02,2\nbooked,u2,3 March,7\n')
})
afterAll(() => rm(folder, { recursive: true }))

const WEEKS = '--tree DIR/tree.json --from 2026-03-02 --to 2026-03-15'

describe('nsm query', () => {
  it('--json prints exactly the specified JSON', async () => {
    const { code, out } = await nsm(`query ${WEEKS} --events DIR/events.ndjson --metric nights --grain week --json`)
    expect(code).toBe(0)
    expect(JSON.parse(out)).toEqual({
      metric: 'nights',
      kind: 'sum',
      grain: 'week',
      timeZone: 'UTC',
      asOf: '2026-03-20T12:00:00.000Z',
      points: [
        {
          period: '2026-03-02',
          start: '2026-03-02T00:00:00.000Z',
          end: '2026-03-09T00:00:00.000Z',
          value: 9,
          state: 'final',
        },
        {
          period: '2026-03-09',
          start: '2026-03-09T00:00:00.000Z',
          end: '2026-03-16T00:00:00.000Z',
          value: 7,
          state: 'final',
        },
      ],
      ignored: { string: 1 },
    })
  })

  it('--as-of counts only events received by then', async () => {
    const { out } = await nsm(
      `query ${WEEKS} --events DIR/events.ndjson --as-of 2026-03-17T00:00:00Z --metric nights --json`,
    )
    expect(JSON.parse(out).points.map(({ value }: { value: number }) => value)).toEqual([9, 3])
  })

  it('reads standard input and breaks down by a segment', async () => {
    const { out } = await nsm(`query ${WEEKS} --events - --metric guests --segment region`, { input: EVENTS })
    expect(out).toContain('period      all  north  south')
    expect(out).toContain('2026-03-02    2      1      1')
  })

  it('prints a table of the last twelve periods of a file by default', async () => {
    const { out } = await nsm('query --tree DIR/tree.json --events DIR/events.ndjson')
    const lines = out.split('\n')
    expect(lines[0]).toBe('Nights booked')
    expect(lines.filter((line) => /^20/.test(line))).toHaveLength(12)
    expect(out).toContain('2026-03-09      7')
    expect(out).toContain('Left out because they are not numbers: 1 string.')
  })

  it('rounds a ratio in the table but not in JSON', async () => {
    const { out } = await nsm(`query ${WEEKS} --events DIR/events.ndjson --metric rate`)
    expect(out).toContain('2026-03-02  33.3%          1            3')
    const { out: exact } = await nsm(`query ${WEEKS} --events DIR/events.ndjson --metric rate --json`)
    expect(JSON.parse(exact).points[0]).toMatchObject({ value: 1 / 3, numerator: 1, denominator: 3 })
  })

  it('--explain prints the SQL', async () => {
    const { code, out } = await nsm(`query ${WEEKS} --events DIR/events.ndjson --metric guests --explain`)
    expect(code).toBe(0)
    expect(out).toContain('SELECT')
  })

  it.each([
    ['--metric guets --events DIR/events.ndjson', 2, 'no metric "guets". Did you mean "guests"?'],
    ['--events DIR/none.ndjson', 2, 'There is no file'],
    ['--events DIR/events.csv', 1, 'is not JSON lines'],
    ['--events DIR/tree.json --store file:DIR/x', 2, 'Choose one source'],
    ['--store file:DIR/nowhere', 2, 'There is no store in'],
    ['--from 2026-3-2 --events DIR/events.ndjson', 2, '--from 2026-3-2 is not a date'],
    ['--grain year --events DIR/events.ndjson', 2, 'Unknown grain "year".'],
    ['--url nonsense', 2, '--url nonsense is not an address'],
    ['--url http://127.0.0.1:1', 1, 'No service is responding at http://127.0.0.1:1'],
    ['--metrc guests', 2, "unknown option '--metrc'"],
  ])('%s exits with %i and an error message', async (flags, code, sentence) => {
    const answer = await nsm(`query --tree DIR/tree.json ${flags}`)
    expect(answer).toMatchObject({ code, out: '', err: expect.stringContaining(sentence) })
  })

  it('names the line that is not a valid message', async () => {
    const answer = await nsm(`query ${WEEKS} --events -`, {
      input: `${booked('2026-03-02', 'u1', 2)}\n\n{"type":"track"}\n`,
    })
    expect(answer).toMatchObject({
      code: 1,
      err: expect.stringContaining('standard input:3: event: A track needs its "event"'),
    })
  })
})

describe('nsm import', () => {
  it('imports into a store once, and a query finds the events', async () => {
    const first = await nsm('import DIR/events.ndjson --store file:DIR/store')
    expect(first).toMatchObject({ code: 0, out: expect.stringContaining('6 events imported into file:') })
    const again = await nsm('import DIR/events.ndjson --store file:DIR/store')
    expect(again.out).toContain('Nothing new: all 6 rows had already been imported')
    const { out } = await nsm(`query ${WEEKS} --store file:DIR/store --json`)
    // Events without a receipt time count as received now.
    expect(JSON.parse(out).points.map(({ value }: { value: number }) => value)).toEqual([9, 7])
  })

  it('imports a CSV, writes rejected rows to a file and exits with 1', async () => {
    const map = '--map event=what,userId=who,timestamp=on --map properties.nights=price'
    const { code, out } = await nsm(`import DIR/events.csv ${map} --store file:DIR/csv --json`)
    expect(code).toBe(1)
    expect(JSON.parse(out)).toEqual({
      rows: 2,
      skipped: 0,
      imported: 1,
      rejected: 1,
      rejectedBefore: 0,
      rejectedFile: file('events.rejected.ndjson'),
    })
    expect(JSON.parse(await readFile(file('events.rejected.ndjson'), 'utf8'))).toMatchObject({
      line: 3,
      code: 'invalid_message',
      path: 'timestamp',
    })
  })

  it.each([
    ['DIR/events.csv', 'Map them with --map'],
    ['DIR/events.csv --map event=what,userId=whom,timestamp=on', 'There is no column "whom". Did you mean "who"?'],
    ['DIR/events.csv --map event', '"event" is not a mapping. Use TARGET=COLUMN'],
    ['DIR/events.ndjson --map event=what', 'Remove --map'],
    ['DIR/events.csv --map event=what --time-zone Mars/Olympus', 'Not an IANA time zone'],
    ['DIR', 'is a folder'],
    ['- --store file:DIR/none', 'standard input is empty'],
  ])('%s prints an error message', async (args, sentence) => {
    expect(await nsm(`import ${args}`)).toMatchObject({ code: 2, out: '', err: expect.stringContaining(sentence) })
  })
})

describe('nsm report', () => {
  it('reports in words on the north star as of the last event of a file', async () => {
    const { code, out } = await nsm('report --tree DIR/tree.json --events DIR/events.ndjson')
    expect(code).toBe(0)
    expect(out.split('\n')[0]).toBe('Nights booked')
    expect(out).toContain('0 nights · This week so far')
    expect(out).toContain('As of Mar 18')
  })

  it('--svg draws the card', async () => {
    const { code, out } = await nsm('report --tree DIR/tree.json --events DIR/events.ndjson --metric guests --svg')
    expect(code).toBe(0)
    expect(out).toMatch(/^<svg[\s\S]*Guests[\s\S]*<\/svg>$/)
  })

  it('--json prints the report itself', async () => {
    const { out } = await nsm('report --tree DIR/tree.json --events DIR/events.ndjson --metric rate --json')
    expect(reportSchema.parse(JSON.parse(out)).metrics).toHaveProperty('rate.points')
  })

  it.each([
    ['--metric nigths', 'Did you mean "nights"?'],
    ['--periods 0', 'Use a whole number from 1 to 500.'],
    ['--periods 501', 'Use a whole number from 1 to 500.'],
    ['--grain range', 'Allowed choices are day, week, month, quarter'],
    ['--as-of yesterday', 'is not an instant'],
  ])('%s prints an error message', async (flags, sentence) => {
    expect(await nsm(`report --tree DIR/tree.json --events DIR/events.ndjson ${flags}`)).toMatchObject({
      code: 2,
      err: expect.stringContaining(sentence),
    })
  })
})

describe('nsm check', () => {
  it('exits with 0 on warnings, or with 1 when strict', async () => {
    const lenient = await nsm('check --tree DIR/tree.json')
    expect(lenient).toMatchObject({ code: 0, out: expect.stringContaining('is valid, with') })
    expect((await nsm('check --tree DIR/tree.json --strict')).code).toBe(1)
  })

  it('exits with 1 on errors and prints the path of each', async () => {
    await writeFile(file('wrong.json'), JSON.stringify({ ...TREE, northStar: ['night'], guardrails: ['x'] }))
    const { code, out } = await nsm('check --tree DIR/wrong.json --json')
    expect(code).toBe(1)
    expect(JSON.parse(out).errors).toMatchObject([
      { path: 'northStar[0]', line: 1 },
      { path: 'guardrails[0]', line: 1 },
    ])
    await writeFile(file('wrong.json'), JSON.stringify({ ...TREE, northStar: ['night'] }, null, 2))
    expect((await nsm('check --tree DIR/wrong.json')).out).toMatch(
      /wrong\.json:\d\d northStar\[0\]\n {2}No metric "night"/,
    )
  })

  it.each([
    ['{\n  "version": 1,\n  "product": "x",,\n}', 1, 'wrong.json:3:18 is not JSON'],
    ['', 1, 'wrong.json:1:1 is not JSON: it is empty.'],
  ])('says where %j stops being valid JSON', async (text, code, sentence) => {
    await writeFile(file('wrong.json'), text)
    expect(await nsm('check --tree DIR/wrong.json')).toMatchObject({ code, err: expect.stringContaining(sentence) })
  })
})

describe('nsm serve', () => {
  it.each([
    ['--tree DIR/none.json', 2, 'There is no tree file'],
    ['--tree DIR/tree.json --port 99999', 2, 'Use a port from 1 to 65535'],
    ['--tree DIR/tree.json --host 0.0.0.0', 2, 'so it needs keys of its own'],
    ['--tree DIR/tree.json --host 0.0.0.0 --write-key wk_dev --read-token t', 2, 'wk_dev is a development key'],
    ['--tree DIR/tree.json --log-level loud', 2, 'Allowed choices are'],
  ])('%s does not start and says why', async (flags, code, sentence) => {
    expect(await nsm(`serve ${flags}`)).toMatchObject({ code, out: '', err: expect.stringContaining(sentence) })
  })
})

it('reads an option from the environment', async () => {
  vi.stubEnv('NSM_TREE', file('none.json'))
  expect((await nsm('check')).err).toContain('none.json')
  vi.unstubAllEnvs()
})

it('nsm types prints type declarations', async () => {
  expect((await nsm('types --tree DIR/tree.json')).out).toContain('booked: { nights?: number }')
})

it('nsm prints its version and its help, and suggests a command after a typo', async () => {
  expect(await nsm('--version')).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+$/) })
  expect((await nsm('import --help')).out).toContain('TARGET:=VALUE')
  expect(await nsm('qury')).toMatchObject({ code: 2, err: expect.stringContaining('Did you mean query?') })
  expect((await nsm('')).code).toBe(2)
})
