import { type Event, parseTree, type QueryRequest, type Tree } from '@nsm/schema'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Period, periods } from '../calendar/index.js'
import { compileTree } from '../metrics/compile-tree.js'
import { openStore, type Store } from '../store/index.js'
import { evaluate } from './evaluate.js'
import { query } from './query.js'
import { resultCacheOf } from './result-cache.js'

const DAY = 86_400_000
const HOUR = 3_600_000
const start = Date.parse('2026-03-02T00:00:00Z')
const now = start + 60 * DAY

function made(metrics: Record<string, unknown>): Tree {
  const tree = parseTree({
    version: 1,
    product: 'ResultCache',
    calendar: { timezone: 'UTC' },
    entities: { team: {} },
    events: { a: {}, b: {} },
    segments: { plan: { property: 'plan' } },
    northStar: ['count'],
    metrics: Object.fromEntries(Object.entries(metrics).map(([id, definition]) => [id, { title: id, definition }])),
  })
  if (!tree.ok) throw new Error(JSON.stringify(tree.problems))
  return tree.value
}

const tree = made({
  count: { kind: 'count', event: 'a' },
  total: { kind: 'sum', event: 'a', property: 'n' },
  users: { kind: 'unique', of: 'user', event: 'a', window: '7d' },
  fresh: { kind: 'unique', of: 'user', event: 'a', lifecycle: 'new' },
  signed: { kind: 'conversion', of: 'user', from: { event: 'a' }, to: { event: 'b' }, within: '3d' },
  kept: { kind: 'retention', of: 'user', from: { event: 'a' }, to: { event: '*' }, after: 1, mode: 'on_or_after' },
  held: { kind: 'stock', of: 'user', event: ['a', 'b'], sum: 'n', expires: '2d' },
})

function event(messageId: string, changes: Partial<Event>): Event {
  const time = changes.time ?? start
  return {
    messageId,
    type: 'track',
    name: 'a',
    time,
    receivedAt: time + 1000,
    userId: '',
    anonymousId: '',
    otherId: '',
    properties: {},
    context: {},
    ...changes,
  }
}

/** Small numbers that repeat from run to run. */
function* sequence(seed: number): Generator<number> {
  for (let state = seed; ; state = (state * 48_271) % 2_147_483_647) yield state
}

let store: Store
beforeAll(async () => {
  store = await openStore('memory:')
})
afterAll(() => store.close())

describe('an answer that is remembered', () => {
  it('is what it would be if it were asked anew, whatever came in between', async () => {
    const random = sequence(20_260_302)
    const pick = (n: number) => (random.next().value as number) % n
    const requests = Object.keys(tree.metrics).map(
      (metric, i): QueryRequest => ({
        metric,
        grain: 'day',
        from: '2026-03-02',
        to: '2026-03-12',
        ...(i % 3 === 0 ? { segment: 'plan' } : {}),
      }),
    )
    for (let step = 0; step < 6; step++) {
      const events = Array.from({ length: 2 + pick(4) }, (_, i) => {
        const time = start + pick(10 * 24) * 3_600_000
        const known = pick(3) === 0
        const kind = pick(6)
        return event(`m${pick(60)}-${kind === 0 ? step + i : ''}`, {
          time,
          receivedAt: time + pick(5) * DAY,
          name: kind === 0 ? '$identify' : pick(3) === 0 ? 'b' : 'a',
          type: kind === 0 ? 'identify' : 'track',
          userId: known || kind === 0 ? `u${pick(3)}` : '',
          anonymousId: `d${pick(4)}`,
          properties: { n: pick(9), ...(pick(2) === 0 ? { plan: 'pro' } : {}) },
        })
      })
      await store.insert(events)
      for (const request of requests) {
        const anew: Store = { ...bound(store), changes: null }
        expect(await query(store, tree, request, now), `step ${step}`).toEqual(await query(anew, tree, request, now))
      }
    }
  })

  it('is not asked for again until an event comes that it could depend on', async () => {
    const own = await openStore('memory:')
    const { asked, watched } = watch(own)
    await own.insert([event('first', {})])
    const request: QueryRequest = { metric: 'count', grain: 'week', from: '2026-03-02', to: '2026-03-29' }
    await query(watched, tree, request, now)
    asked.length = 0
    await query(watched, tree, request, now)
    expect(asked).toEqual([])

    await own.insert([event('other', { name: 'b' })])
    await query(watched, tree, request, now)
    expect(asked).toEqual([])

    const late = start + 8 * DAY
    await own.insert([event('late', { time: late })])
    await query(watched, tree, request, now)
    expect(asked).toHaveLength(1)
    expect(asked[0]).toContain(`time >= ${start + 7 * DAY} AND time < ${start + 14 * DAY}`)
    await own.close()
  })

  it('is asked for again where a copy that was received earlier takes the place of an event', async () => {
    const own = await openStore('memory:')
    const { asked, watched } = watch(own)
    const day = (n: number) => start + n * DAY
    await own.insert([event('other', {}), event('copied', { time: day(8), receivedAt: day(9) })])
    const ask = async () => {
      asked.length = 0
      const request: QueryRequest = { metric: 'count', grain: 'week', from: '2026-03-02', to: '2026-03-22' }
      return (await query(watched, tree, request, now)).points.map(({ value }) => value)
    }
    expect(await ask()).toEqual([1, 1, 0])
    await own.insert([event('copied', { time: day(15), receivedAt: day(8) })])
    expect(await ask()).toEqual([1, 0, 1])
    expect(asked.join('\n')).not.toContain(`time >= ${start}`)

    await own.insert([
      event('anonymous', { anonymousId: 'd' }),
      event('known', { userId: 'u' }),
      event('link', { type: 'identify', name: '$identify', userId: 'u', anonymousId: 'd', receivedAt: day(9) }),
    ])
    const users = async () => {
      const request: QueryRequest = { metric: 'users', grain: 'day', from: '2026-03-02', to: '2026-03-02' }
      return (await query(own, tree, request, now)).points[0]?.value
    }
    expect(await users()).toBe(1)
    await own.insert([event('link', { time: day(20), receivedAt: day(8), userId: 'u' })])
    expect(await users()).toBe(2)
    await own.close()
  })

  it('as of an instant, is not asked for again until an event comes that had been received by then', async () => {
    const own = await openStore('memory:')
    const { asked, watched } = watch(own)
    const asOf = start + 10 * DAY
    await own.insert([event('first', {}), event('later', { time: start + 20 * DAY, receivedAt: start + 20 * DAY })])
    const ask = async () => {
      asked.length = 0
      const request = { metric: 'count', grain: 'week', from: '2026-03-02', to: '2026-03-08' } as const
      const { points } = await query(watched, tree, { ...request, asOf: new Date(asOf).toISOString() }, now)
      return points[0]?.value
    }
    expect(await ask()).toBe(1)
    await own.insert([event('afterwards', { receivedAt: asOf + 2 * HOUR })])
    expect([await ask(), asked]).toEqual([1, []])
    await own.insert([
      event('in time', { time: start - DAY, receivedAt: asOf - DAY }),
      event('too', { receivedAt: asOf }),
    ])
    expect(await ask()).toBe(2)
    expect(asked.length).toBeGreaterThan(0)
    await own.close()
  })
})

describe('statements', () => {
  it('about the same events are asked in one scan, and none about a time without events', async () => {
    const own = await openStore('memory:')
    const { asked, watched } = watch(own)
    await own.insert([
      event('one', { userId: 'u1', properties: { n: 2 } }),
      event('two', { userId: 'u2', properties: { n: 3 } }),
    ])
    const more = made({
      count: { kind: 'count', event: 'a' },
      total: { kind: 'sum', event: 'a', property: 'n' },
      users: { kind: 'unique', of: 'user', event: 'a' },
    })
    const ask = async (slices: Period[]) => {
      asked.length = 0
      const compiled = compileTree(more)
      const found = await evaluate(watched, compiled, {
        metrics: compiled.metrics,
        grain: 'week',
        slices: slices.map((period) => ({ period })),
        asOf: now,
      })
      return [...found.values()].map(({ points, ignored }) => [points[0]?.value, ignored])
    }
    await ask([])
    expect(await ask(periods(more.calendar, 'week', '2026-03-02', '2026-03-08'))).toEqual([
      [2, {}],
      [5, {}],
      [2, {}],
    ])
    expect(asked).toHaveLength(1)
    expect(await ask(periods(more.calendar, 'week', '2026-03-16', '2026-03-22'))).toEqual([
      [0, {}],
      [0, {}],
      [0, {}],
    ])
    expect(asked).toEqual([])
    await own.close()
  })

  it('have the answers that they have alone', async () => {
    const own = await openStore('memory:')
    const random = sequence(7)
    const pick = (n: number) => (random.next().value as number) % n
    await own.insert(
      Array.from({ length: 120 }, (_, i) => {
        const [known, links] = [pick(3) > 0, pick(12) === 0]
        return event(`m${i}`, {
          time: start + pick(28) * 6 * HOUR,
          name: links ? '$identify' : 'a',
          type: links ? 'identify' : 'track',
          userId: known || links ? `u${pick(5)}` : '',
          anonymousId: `d${pick(5)}`,
          properties: { n: pick(5) === 0 ? 'x' : pick(9) / 4, plan: pick(2) === 0 ? 'pro' : 'free' },
          context: { groups: { team: pick(4) === 0 ? pick(3) : `t${pick(3)}` } },
        })
      }),
    )
    const twice = { having: { count: { gte: 2 } } }
    const many = made({
      count: { kind: 'count', event: 'a' },
      total: { kind: 'sum', event: 'a', property: 'n' },
      mean: { kind: 'average', event: 'a', property: 'n', stat: 'mean' },
      users: { kind: 'unique', of: 'user', event: 'a' },
      teams: { kind: 'unique', of: 'team', event: 'a', ...twice },
      teams_on_days: {
        kind: 'unique',
        of: 'team',
        event: 'a',
        having: { days: { gte: 3 }, sum: { property: 'n', lt: 9 } },
      },
      of_teams: { kind: 'count', event: 'a', having: { ...twice.having, by: 'team' } },
      total_of_teams: { kind: 'sum', event: 'a', property: 'n', having: { ...twice.having, by: 'team' } },
      median_of_teams: {
        kind: 'average',
        event: 'a',
        property: 'n',
        stat: 'median',
        having: { count: { lt: 3 }, by: 'team' },
      },
      per_team: { kind: 'average', event: 'a', per: 'team', measure: 'count', stat: 'p90' },
      users_per_team: { kind: 'average', event: 'a', per: 'team', measure: { unique: 'user' }, stat: 'mean', ...twice },
      per_user: { kind: 'average', event: 'a', per: 'user', measure: 'days', stat: 'mean' },
    })
    const compiled = compileTree(many)
    const { metrics } = compiled
    const slices = periods(many.calendar, 'day', '2026-03-01', '2026-03-09').map((period) => ({ period }))
    for (const segment of [undefined, 'plan']) {
      const { asked, watched } = watch(own, { changes: null })
      const evaluation = { grain: 'day', slices, asOf: now, segment } as const
      const all = await evaluate(watched, compiled, { ...evaluation, metrics })
      expect(asked.length).toBeLessThan(metrics.length)
      for (const metric of metrics) {
        const alone = await evaluate(watched, compiled, { ...evaluation, metrics: [metric] })
        expect(all.get(metric.id), metric.id).toEqual(alone.get(metric.id))
      }
    }
    await own.close()
  })

  it('of conversions: what happened at one instant is in order of arrival', async () => {
    const own = await openStore('memory:')
    const both = made({
      count: { kind: 'count', event: 'a' },
      done: {
        kind: 'conversion',
        of: 'user',
        from: { event: 'a' },
        to: { event: 'b' },
        within: '3d',
        stat: 'median_time',
      },
    })
    const ask = async () => {
      const request = { metric: 'done', grain: 'week', from: '2026-03-02', to: '2026-03-08' } as const
      const [point] = (await query(own, both, request, now)).points
      return [point?.numerator, point?.denominator, point?.value]
    }
    const at = { time: start, receivedAt: start + 5 }
    await own.insert([
      event('m2', { ...at, userId: 'first' }),
      event('m1', { ...at, userId: 'first', name: 'b' }),
      event('m3', { ...at, userId: 'other' }),
      event('m4', { ...at, userId: 'other', name: 'b', time: start + 8000 }),
    ])
    expect(await ask()).toEqual([1, 2, 8])
    await own.insert([event('m5', { ...at, userId: 'first', name: 'b' })])
    expect(await ask()).toEqual([2, 2, 4])
    await own.close()
  })

  it('of a stock: what was said at one instant is in order of arrival', async () => {
    const own = await openStore('memory:')
    const both = made({
      count: { kind: 'count', event: 'a' },
      paying: { kind: 'stock', of: 'user', event: 'a', state: { paid: true } },
      seats: { kind: 'stock', of: 'user', event: 'a', state: { paid: true }, sum: 'n' },
    })
    const ask = async () => {
      const request = { grain: 'day', from: '2026-03-02', to: '2026-03-04' } as const
      const of = async (metric: string) =>
        (await query(own, both, { ...request, metric }, now)).points.map(({ value }) => value)
      return [await of('paying'), await of('seats')]
    }
    const says = (id: string, userId: string, paid: boolean, n: number, changes: Partial<Event> = {}) =>
      event(id, { userId, properties: { paid, n }, ...changes })
    await own.insert([
      says('m1', 'u1', true, 5),
      says('m2', 'u2', true, 3),
      says('m3', 'u2', false, 0, { time: start + 2 * DAY }),
    ])
    expect(await ask()).toEqual([
      [2, 2, 1],
      [8, 8, 5],
    ])
    await own.insert([
      says('m4', 'u1', false, 0, { receivedAt: start + 2000 }),
      says('m5', 'u2', true, 7, { receivedAt: start + 5000 }),
    ])
    expect(await ask()).toEqual([
      [1, 1, 0],
      [7, 7, 0],
    ])
    await own.close()
  })
})

describe('the memory of answers', () => {
  const request = (asOf: number): QueryRequest => ({
    metric: 'count',
    grain: 'day',
    from: '2026-03-02',
    to: '2026-03-31',
    segment: 'plan',
    asOf: new Date(asOf).toISOString(),
  })
  const filled = async (mostBytes?: number) => {
    const own = await openStore('memory:')
    const cache = resultCacheOf(own, mostBytes)
    await own.insert(
      Array.from({ length: 600 }, (_, i) =>
        event(`m${i}`, { time: start + (i % 30) * DAY, properties: { plan: `plan ${i}` } }),
      ),
    )
    return { own, cache }
  }

  it('counts what an answer takes, and nothing twice when it is asked anew', async () => {
    const { own, cache } = await filled()
    await query(own, tree, request(now), now)
    const once = cache.bytes
    // 600 numbers with the name of their segment.
    expect(once).toBeGreaterThan(600 * 100)
    for (let i = 0; i < 5; i++) {
      await own.insert([event(`m${i}`, { receivedAt: start - 1, properties: { plan: `plan ${i}` } })])
      await query(own, tree, request(now), now)
    }
    expect(cache.bytes).toBeLessThan(1.1 * once)
    await own.close()
  })

  it('stays within its bound, and answers are the same', async () => {
    const small = await filled(200_000)
    const large = await filled()
    for (let i = 0; i < 12; i++) {
      const asked = request(start + (i + 2) * DAY)
      const answer = await query(small.own, tree, asked, now)
      expect(small.cache.bytes).toBeLessThanOrEqual(200_000)
      expect(answer).toEqual(await query(large.own, tree, asked, now))
    }
    expect(large.cache.bytes).toBeGreaterThan(200_000)
    await small.own.close()
    await large.own.close()
  })
})

/** The same store, or one with a part replaced, and what it is asked. */
function watch(own: Store, changed: Partial<Store> = {}) {
  const asked: string[] = []
  const watched: Store = {
    ...bound(own),
    ...changed,
    rows: (sql) => {
      asked.push(sql)
      return own.rows(sql)
    },
  }
  return { asked, watched }
}

/** The same store, so that one part of it can be replaced. */
function bound(of: Store): Store {
  return {
    database: of.database,
    changes: of.changes,
    insert: of.insert.bind(of),
    position: of.position.bind(of),
    ping: of.ping.bind(of),
    close: of.close.bind(of),
    rows: of.rows.bind(of),
  }
}
