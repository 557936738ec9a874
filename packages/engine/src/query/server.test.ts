import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Event, parseTree, type QueryRequest } from '@nsm/schema'
import { drainPending, Session } from 'chdb'
import { expect, it } from 'vitest'
import { report } from '../report/index.js'
import { openStore, type Store } from '../store/index.js'
import { serveEngine } from '../store/served.js'
import { query } from './query.js'

const DAY = 86_400_000
const start = Date.parse('2026-03-02T00:00:00Z')
const now = start + 30 * DAY

const definitions = {
  total: { kind: 'sum', event: 'a', property: 'n', where: { plan: { not: 'free' } } },
  users: { kind: 'unique', of: 'user', event: 'a', window: '7d' },
  busy: { kind: 'unique', of: 'user', event: ['a', 'b'], having: { count: { gte: 2 } } },
  back: { kind: 'unique', of: 'user', event: '*', lifecycle: 'returning' },
  share: { kind: 'ratio', numerator: 'busy', denominator: 'users' },
  signed: { kind: 'conversion', of: 'user', from: { event: 'a', first: true }, to: { event: 'b' }, within: '3d' },
  kept: { kind: 'retention', of: 'user', from: { event: 'a' }, to: { event: '*' }, after: 1 },
  held: { kind: 'stock', of: 'user', event: ['a', 'b'], sum: 'n', expires: '9d' },
}
const parsed = parseTree({
  version: 1,
  product: 'Two collectors',
  calendar: { timezone: 'Europe/Paris' },
  events: { a: {}, b: {} },
  segments: { plan: { property: 'plan' } },
  northStar: ['users'],
  metrics: Object.fromEntries(Object.entries(definitions).map(([id, definition]) => [id, { title: id, definition }])),
})
if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
const tree = parsed.value

/** Deliveries with copies that say something else, come in any order, and are from clocks that are a day off. */
function deliveries(): Event[][] {
  let state = 20_260_302
  const pick = (n: number) => {
    state = (state * 48_271) % 2_147_483_647
    return state % n
  }
  return Array.from({ length: 6 }, (_, delivery) =>
    Array.from({ length: 40 }, (_, i): Event => {
      const time = start + pick(21 * 24) * 3_600_000
      const link = pick(12) === 0
      return {
        messageId: `m${pick(120)}`,
        type: link ? 'identify' : 'track',
        name: link ? '$identify' : pick(3) === 0 ? 'b' : 'a',
        time: time + (pick(4) === 0 ? DAY : 0),
        // No two in the same millisecond.
        receivedAt: start + pick(20) * DAY + delivery * 1000 + i,
        userId: link || pick(2) === 0 ? `u${pick(9)}` : '',
        anonymousId: `d${pick(9)}`,
        otherId: '',
        properties: { n: pick(7), plan: pick(2) === 0 ? 'free' : 'pro' },
        context: {},
      }
    }),
  )
}

async function answers(store: Store): Promise<unknown[]> {
  const found: unknown[] = [await report(store, tree, { now, periods: 3, segment: 'plan' })]
  for (const metric of Object.keys(definitions)) {
    const asOf = new Date(start + 12 * DAY).toISOString()
    const request: QueryRequest = { metric, grain: 'week', from: '2026-03-02', to: '2026-03-15', asOf }
    found.push(await query(store, tree, request, now))
  }
  return found
}

it('two collectors that share a server answer as one store that was given everything', async () => {
  const own = await openStore('memory:')
  await own.insert(deliveries().flat())
  const expected = await answers(own)
  await own.close()
  await drainPending()

  const folder = mkdtempSync(join(tmpdir(), 'nsm-server-'))
  const session = new Session(folder)
  const server = await serveEngine(session)
  const collectors = [await openStore(`${server.url}/shared`), await openStore(`${server.url}/shared`)] as const
  try {
    await Promise.all(deliveries().map((events, i) => collectors[i % 2]?.insert(events)))
    expect(await answers(collectors[0])).toEqual(expected)
  } finally {
    for (const collector of collectors) await collector.close()
    await server.close()
    session.close()
    rmSync(folder, { recursive: true, force: true })
  }
})
