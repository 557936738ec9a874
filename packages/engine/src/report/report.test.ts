import { type Event, parseTree, reportSchema, type Tree, type TreeInput, toEvent } from '@nsm/schema'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openStore, type Store } from '../store/index.js'
import { report } from './report.js'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const WEEK = 7 * DAY
/** Monday 2025-01-06, 00:00 UTC: the first week. */
const START = Date.UTC(2025, 0, 6)
/** Wednesday noon of week 60. */
const NOW = START + 60 * WEEK + 2 * DAY + 12 * HOUR

const TREE = {
  version: 1,
  product: 'Team chat',
  calendar: { timezone: 'UTC' },
  entities: { team: { id: 'context.groupId' } },
  events: {
    message_sent: { value: true, noun: { one: 'message', other: 'messages' } },
    paid: {},
    reported: {},
    odd: {},
  },
  segments: { plan: { property: 'plan' } },
  northStar: ['messages'],
  guardrails: ['report_rate'],
  revenue: { metric: 'revenue' },
  review: { adopted: '2025-01-06', every: '12mo' },
  metrics: {
    messages: {
      title: 'Messages',
      unit: { one: 'message', other: 'messages' },
      owner: '@ana',
      definition: { kind: 'count', event: 'message_sent' },
      formula: { product: ['teams', 'each'] },
      drivers: ['revenue'],
      goals: [{ target: '+50%', from: '2026-01-05', by: '2027-01-03' }],
    },
    teams: { title: 'Teams', definition: { kind: 'unique', of: 'team', event: 'message_sent' } },
    each: {
      title: 'Messages per team',
      definition: { kind: 'ratio', numerator: 'messages_again', denominator: 'teams' },
    },
    messages_again: { title: 'Again', definition: { kind: 'count', event: 'message_sent' } },
    revenue: { title: 'Revenue', unit: 'currency:USD', definition: { kind: 'sum', event: 'paid', property: 'amount' } },
    report_rate: {
      title: 'Reports per message',
      direction: 'down',
      definition: { kind: 'ratio', numerator: { kind: 'count', event: 'reported' }, denominator: 'messages_again' },
      limit: { max: 0.1 },
    },
    teams_28d: {
      title: 'Teams in 28 days',
      definition: { kind: 'unique', of: 'team', event: 'message_sent', window: '28d' },
    },
  },
} satisfies TreeInput

function treeOf(input: TreeInput): Tree {
  const parsed = parseTree(input)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.value
}

let made = 0
function event(
  name: string,
  time: number,
  more: Partial<{ team: string; receivedAt: number; properties: object; seq: number }> = {},
): Event {
  const { team = 'a', receivedAt = time + 1000, properties = {}, seq } = more
  return toEvent(
    {
      type: 'track',
      event: name,
      anonymousId: `device of ${team}`,
      timestamp: time,
      properties: { ...properties },
      context: { groupId: team, ...(seq === undefined ? {} : { seq }) },
    },
    { receivedAt, messageId: `m${++made}` },
  )
}

/** In week w, each of `teams(w)` teams sends `each(w)` messages: an equal part of them every day of the week. */
function history(): Event[] {
  const events: Event[] = []
  for (let week = 0; week <= 60; week++) {
    for (let team = 0; team < teamsIn(week); team++) {
      for (let day = 0; day < 7; day++) {
        const time = START + week * WEEK + day * DAY + 9 * HOUR + team
        if (time > NOW) continue
        const properties = { plan: team % 2 === 0 ? 'free' : 'pro' }
        for (let i = 0; i < eachDay(week); i++)
          events.push(event('message_sent', time + i * 1000, { team: `t${team}`, properties }))
      }
    }
    events.push(event('paid', START + week * WEEK + HOUR, { properties: { amount: 100 + week } }))
    events.push(event('reported', START + week * WEEK + HOUR))
  }
  return events
}
const teamsIn = (week: number) => (week === 60 ? 6 : week === 59 ? 5 : 4)
const eachDay = (week: number) => (week === 59 ? 3 : 2)

let store: Store
const tree = treeOf(TREE)
beforeAll(async () => {
  store = await openStore('memory:')
  await store.insert(history())
})
afterAll(() => store.close())

describe('a report', () => {
  test('is a report', async () => {
    const made = await report(store, tree, { now: NOW })
    expect(reportSchema.parse(made)).toEqual(made)
    expect(made).toMatchObject({
      asOf: '2026-03-04T12:00:00.000Z',
      northStar: ['messages'],
      guardrails: ['report_rate'],
    })
    expect(Object.keys(made.metrics)).toEqual(Object.keys(TREE.metrics))
    expect(made.review).toEqual({ due: '2026-01-06', overdue: true })
  })

  test('shows complete periods and the running one, which is open', async () => {
    const { points } = (await report(store, tree, { now: NOW })).metrics['messages']!
    expect(points).toHaveLength(27)
    expect(points.at(-1)).toMatchObject({ period: '2026-03-02', value: 6 * 2 * 3, state: 'open' })
    expect(points.at(-2)).toMatchObject({ period: '2026-02-23', value: 5 * 3 * 7, state: 'settling' })
    expect(points.at(-3)).toMatchObject({ period: '2026-02-16', value: 4 * 2 * 7, state: 'final' })
  })

  test('compares the last complete period with the one before it and with the year before', async () => {
    const { headline } = (await report(store, tree, { now: NOW })).metrics['messages']!
    expect(headline).toEqual({
      period: '2026-02-23',
      value: 105,
      previous: 56,
      change: { from: 56, to: 105, absolute: 49, ratio: 49 / 56 },
      yearBefore: 56,
      yearChange: { from: 56, to: 105, absolute: 49, ratio: 49 / 56 },
    })
  })

  test('of a single period compares it all the same', async () => {
    const { headline, contributions } = (await report(store, tree, { now: NOW, periods: 1 })).metrics['messages']!
    expect(headline).toMatchObject({ value: 105, previous: 56, yearBefore: 56 })
    expect(contributions).toHaveLength(2)
  })

  test('compares the running period with the same point of the one before, and says where it may end', async () => {
    const { toDate } = (await report(store, tree, { now: NOW })).metrics['messages']!
    expect(toDate).toEqual({
      period: '2026-03-02',
      value: 36,
      until: '2026-03-04T12:00:00.000Z',
      // Three days of five teams with three messages each.
      samePoint: { period: '2026-02-23', value: 45, until: '2026-02-25T12:00:00.000Z', clamped: false },
      change: { from: 45, to: 36, absolute: -9, ratio: -0.2 },
      projection: { value: 84, lower: 84, upper: 84, periods: 8 },
    })
  })

  test('a rate has no projection, and a rolling window is compared with the same window a week before', async () => {
    const { metrics } = await report(store, tree, { now: NOW })
    expect(metrics['each']?.toDate).toMatchObject({ value: 6, samePoint: { value: 9 }, projection: null })
    expect(metrics['teams_28d']?.toDate).toMatchObject({ value: 6, samePoint: { value: 5 }, projection: null })
  })

  test('explains the change exactly', async () => {
    const { contributions, residual } = (await report(store, tree, { now: NOW })).metrics['messages']!
    // Teams 4 → 5, messages per team 14 → 21: (14 + 21) / 2 · 1 and (4 + 5) / 2 · 7.
    expect(contributions.map(({ metric, contribution }) => [metric, contribution])).toEqual([
      ['teams', expect.closeTo(17.5, 9)],
      ['each', expect.closeTo(31.5, 9)],
    ])
    expect(residual).toBeCloseTo(0, 9)
  })

  test('holds the last complete period against its normal band', async () => {
    const { metrics, signals } = await report(store, tree, { now: NOW })
    const { verdict, normal } = metrics['messages']!
    expect(verdict).toEqual({ state: 'above' })
    expect(normal?.points.map(({ period }) => period)).toEqual(
      metrics['messages']!.points.slice(0, -1).map(({ period }) => period),
    )
    expect(metrics['teams_28d']?.verdict.state).toBe('not_applicable')
    expect(signals).toContainEqual({
      metric: 'messages',
      period: '2026-02-23',
      kind: 'outside_control_limits',
      direction: 'good',
      message: 'Messages is unusually high in the period of 2026-02-23.',
    })
  })

  test('knows how a goal stands, with the baseline from before the report', async () => {
    const { goal } = (await report(store, tree, { now: NOW, periods: 4 })).metrics['messages']!
    // The baseline is the week of 2025-12-29, which is not among the last four; 8 of 52 weeks are over.
    expect(goal).toMatchObject({ baseline: 56, target: 84, pace: 'ahead', progress: 49 / 28 })
    expect(goal?.expected).toBeCloseTo(56 + (28 * 8) / 52, 9)
  })

  test('holds a guardrail against its limit', async () => {
    const { metrics, signals } = await report(store, tree, { now: NOW })
    expect(metrics['report_rate']?.limit).toEqual({ min: null, max: 0.1, breach: null })
    const strict = structuredClone(TREE)
    strict.metrics.report_rate.limit.max = 0.001
    const breached = await report(store, treeOf(strict), { now: NOW })
    const { headline, limit } = breached.metrics['report_rate']!
    expect(limit?.breach).toEqual({ period: '2026-02-23', value: headline?.value, side: 'above' })
    expect(breached.signals).toContainEqual(
      expect.objectContaining({ metric: 'report_rate', kind: 'limit_breach', direction: 'bad' }),
    )
    expect(signals.some(({ kind }) => kind === 'limit_breach')).toBe(false)
  })

  test('says where arithmetic that must hold does not', async () => {
    const wrong = structuredClone(TREE)
    Object.assign(wrong.metrics.messages, { formula: { sum: ['teams', 'revenue'] } })
    const made = await report(store, treeOf(wrong), { now: NOW })
    expect(made.signals.filter(({ kind }) => kind === 'formula_mismatch')).toEqual([
      {
        metric: 'messages',
        period: '2026-02-23',
        kind: 'formula_mismatch',
        direction: 'neutral',
        message: 'Messages differs from what its inputs come to in 26 of 26 periods, by -59 in that of 2026-02-23.',
      },
    ])
    // 105 = 5 + 159 - 59, 56 = 4 + 158 - 106: what is left of the change is 47.
    expect(made.metrics['messages']).toMatchObject({
      contributions: [{ contribution: 1 }, { contribution: 1 }],
      residual: 47,
    })
  })

  test('compares the north star with revenue', async () => {
    expect((await report(store, tree, { now: NOW })).revenue).toEqual({ metric: 'revenue', divergence: 'diverging' })
    expect((await report(store, tree, { now: NOW, periods: 8 })).revenue?.divergence).toBe('insufficient_data')
  })

  test('of one metric has what its card needs and no more', async () => {
    const made = await report(store, tree, { now: NOW, metric: 'messages' })
    expect(Object.keys(made.metrics)).toEqual(['messages', 'teams', 'each', 'messages_again', 'revenue', 'report_rate'])
    const other = await report(store, tree, { now: NOW, metric: 'teams_28d' })
    expect(other.northStar).toEqual([])
    expect(Object.keys(other.metrics)).toContain('teams_28d')
  })

  test('splits by segment on request', async () => {
    const { segments } = (await report(store, tree, { now: NOW, segment: 'plan', periods: 2 })).metrics['messages']!
    expect(Object.keys(segments ?? {}).sort()).toEqual(['free', 'pro'])
    expect(segments?.['free']?.map(({ value }) => value)).toEqual([28, 63, 18])
  })

  test('of another grain says so', async () => {
    const made = await report(store, tree, { now: NOW, grain: 'month', periods: 3 })
    expect(made.calendar.grain).toBe('month')
    expect(made.metrics['messages']?.sentence).toBe('Messages in the month')
    expect(made.metrics['messages']?.unit).toEqual({ one: 'message', other: 'messages' })
    expect(made.metrics['messages']?.points.map(({ period }) => period)).toEqual([
      '2025-12-01',
      '2026-01-01',
      '2026-02-01',
      '2026-03-01',
    ])
    // Noon of the fourth in both months.
    expect(made.metrics['messages']?.toDate?.samePoint).toMatchObject({
      until: '2026-02-04T12:00:00.000Z',
      value: 4 * 2 * 4,
    })
  })

  test('of days takes weekdays into account and needs three weeks of them', async () => {
    const days = await report(store, tree, { now: NOW, grain: 'day' })
    expect(days.metrics['messages']?.points).toHaveLength(57)
    expect(days.metrics['messages']?.verdict.state).not.toBe('not_enough_history')
    const few = await report(store, tree, { now: NOW, grain: 'day', periods: 14 })
    expect(few.metrics['messages']?.verdict).toEqual({
      state: 'not_enough_history',
      why: 'Only 14 of the 21 complete days with a value that a verdict needs.',
    })
  })

  test('as of an earlier instant is the report of then', async () => {
    const then = await report(store, tree, { now: NOW - WEEK })
    const again = await report(store, tree, { now: NOW, asOf: NOW - WEEK })
    expect(again).toEqual(then)
    expect(again.metrics['messages']?.headline?.period).toBe('2026-02-16')
  })

  test.each([
    [{ metric: 'nope' }, 'unknown_metric'],
    [{ metric: 'constructor' }, 'unknown_metric'],
    [{ segment: 'nope' }, 'unknown_segment'],
    [{ periods: 0 }, 'invalid_range'],
    [{ periods: 1e9 }, 'invalid_range'],
  ])('refuses %j', async (options, code) => {
    await expect(report(store, tree, { now: NOW, ...options })).rejects.toMatchObject({ code })
  })
})

describe('an event that comes late', () => {
  const input = {
    ...TREE,
    metrics: { messages_again: TREE.metrics.messages_again },
    northStar: ['messages_again'],
    guardrails: [],
  }
  const { revenue: _, ...rest } = input
  const small = treeOf(rest)
  const day = START + 50 * WEEK
  const now = day + 30 * DAY

  test('to a final period is a restatement, to a settling one is not', async () => {
    const own = await openStore('memory:')
    try {
      await own.insert([
        event('message_sent', day - WEEK + HOUR),
        event('message_sent', day + HOUR),
        event('message_sent', day + 2 * HOUR),
        event('message_sent', day + 3 * HOUR, { receivedAt: day + WEEK + 2 * DAY }),
        event('message_sent', day + 4 * HOUR, { receivedAt: day + WEEK + 4 * DAY }),
        event('message_sent', day + 5 * HOUR, { receivedAt: day + WEEK + 5 * DAY }),
        event('paid', day + 5 * HOUR, { receivedAt: day + WEEK + 5 * DAY }),
      ])
      const { restatements } = (await report(own, small, { now })).metrics['messages_again']!
      expect(restatements).toEqual([{ period: '2025-12-22', first: 3, now: 5, events: 2 }])
    } finally {
      await own.close()
    }
  })

  test('is looked for in the last four final periods, and in the last one of what depends on all of history', async () => {
    const own = await openStore('memory:')
    try {
      const [week, final] = [(back: number) => day + HOUR - back * WEEK, day + WEEK + 4 * DAY]
      await own.insert([event('message_sent', week(20))])
      await own.insert(
        [0, 1, 2, 3, 4, 5].map((back) => event('message_sent', week(back), { team: `w${back}`, receivedAt: final })),
      )
      const more = structuredClone(rest) as TreeInput
      Object.assign(more.metrics, {
        fresh: { title: 'New', definition: { kind: 'unique', of: 'team', event: 'message_sent', lifecycle: 'new' } },
      })
      const made = await report(own, treeOf(more), { now: final + 5 * HOUR })
      const periods = (id: string) => made.metrics[id]?.restatements.map(({ period }) => period)
      expect(periods('messages_again')).toEqual(['2025-12-01', '2025-12-08', '2025-12-15', '2025-12-22'])
      expect(periods('fresh')).toEqual(['2025-12-22'])
    } finally {
      await own.close()
    }
  })

  test('is none where nothing was received before the period was final: history was imported', async () => {
    const own = await openStore('memory:')
    try {
      await own.insert([event('message_sent', day + HOUR, { receivedAt: now - DAY })])
      expect((await report(own, small, { now })).metrics['messages_again']?.restatements).toEqual([])
    } finally {
      await own.close()
    }
  })
})

test('a day that the zone skipped is a period of a report, with nothing in it', async () => {
  const apia = structuredClone(TREE)
  apia.calendar.timezone = 'Pacific/Apia'
  const own = await openStore('memory:')
  try {
    const noon = (day: number) => Date.UTC(2011, 11, day, 22)
    // Thursday 29 December, then Saturday 31.
    await own.insert([
      event('message_sent', noon(28)),
      event('message_sent', noon(29)),
      event('message_sent', noon(30)),
    ])
    const made = await report(own, treeOf(apia), { now: Date.UTC(2012, 0, 1, 2), grain: 'day', periods: 6 })
    expect(reportSchema.parse(made)).toEqual(made)
    expect(made.metrics['messages']?.points.map(({ period, value }) => [period, value])).toEqual([
      ['2011-12-26', null],
      ['2011-12-27', null],
      ['2011-12-28', 1],
      ['2011-12-29', 1],
      ['2011-12-30', 0],
      ['2011-12-31', 1],
      ['2012-01-01', 0],
    ])
  } finally {
    await own.close()
  }
})

describe('asked for again', () => {
  const names = (text: string) => text.match(/message_sent|paid|reported/g)
  test('costs only what events could have changed', async () => {
    const own = await openStore('memory:')
    try {
      await own.insert(history())
      let asked: string[] = []
      const counting: Store = {
        changes: own.changes,
        database: own.database,
        insert: (events, mark) => own.insert(events, mark),
        position: (journal) => own.position(journal),
        ping: () => own.ping(),
        close: () => own.close(),
        rows: (sql) => {
          asked.push(sql)
          return own.rows(sql)
        },
      }
      const first = await report(counting, tree, { now: NOW })
      expect(asked.length).toBeGreaterThan(10)
      asked = []
      expect(await report(counting, tree, { now: NOW })).toEqual(first)
      expect(asked).toEqual([])
      await own.insert([event('paid', NOW - HOUR, { properties: { amount: 1 } })])
      const second = await report(counting, tree, { now: NOW })
      expect(second.metrics['revenue']?.toDate?.value).toBe((first.metrics['revenue']?.toDate?.value ?? 0) + 1)
      expect(second.quality.events).toBe(first.quality.events + 1)
      expect(asked.flatMap(names)).not.toContain('message_sent')
    } finally {
      await own.close()
    }
  })
})

describe('quality', () => {
  test('counts events, late ones, and numbers that never arrived', async () => {
    const own = await openStore('memory:')
    try {
      const at = NOW - 5 * DAY
      expect((await report(own, tree, { now: NOW })).quality).toEqual({
        events: 0,
        late: 0,
        lost: null,
        rejected: null,
        ignored: {},
        lastReceivedAt: null,
      })
      await own.insert([
        event('message_sent', at, { seq: 1 }),
        event('message_sent', at + 1, { seq: 2 }),
        event('message_sent', at + 2, { seq: 5, receivedAt: at + 2 * HOUR }),
        event('message_sent', at + 2, { seq: 9, team: 'b' }),
        event('message_sent', at + 2, { team: 'c' }),
        // It left before it was stored, so it is one of the two.
        event('message_sent', at + 3, { seq: 0 }),
        event('paid', at, { properties: { amount: '12' } }),
        event('paid', at, { properties: { amount: 12 } }),
      ])
      expect((await report(own, tree, { now: NOW })).quality).toEqual({
        events: 8,
        late: 1,
        lost: 1,
        rejected: null,
        ignored: { revenue: { string: 1 } },
        lastReceivedAt: new Date(at + 2 * HOUR).toISOString(),
      })
    } finally {
      await own.close()
    }
  })
})

test('an empty store has a report, too', async () => {
  const own = await openStore('memory:')
  try {
    const made = await report(own, tree, { now: NOW })
    expect(reportSchema.parse(made)).toEqual(made)
    expect(made.metrics['messages']).toMatchObject({
      headline: { value: null, previous: null },
      toDate: { value: null },
      contributions: [],
      residual: null,
      goal: null,
      verdict: { state: 'not_enough_history' },
    })
    expect(made.signals).toEqual([])
  } finally {
    await own.close()
  }
})

test('a metric may be called what every object has', async () => {
  const { northStar: _, ...rest } = TREE
  const odd = treeOf({
    ...rest,
    northStar: ['constructor'],
    metrics: { ...TREE.metrics, constructor: { title: 'Odd', definition: { kind: 'count' as const, event: 'odd' } } },
  })
  const made = await report(store, odd, { now: NOW, metric: 'teams' })
  expect(made.northStar).toEqual([])
  expect(made.revenue).toEqual({ metric: 'revenue', divergence: 'insufficient_data' })
  expect((await report(store, odd, { now: NOW })).northStar).toEqual(['constructor'])
})

test('a metric that cannot be computed says so, and the others are there', async () => {
  const flaky: Store = {
    changes: null,
    database: store.database,
    insert: (events, mark) => store.insert(events, mark),
    position: (journal) => store.position(journal),
    ping: () => store.ping(),
    close: () => store.close(),
    // Whatever counts different entities.
    rows: (sql) => (sql.includes('uniqExact') ? Promise.reject(new Error('Memory limit exceeded.')) : store.rows(sql)),
  }
  const made = await report(flaky, tree, { now: NOW })
  expect(reportSchema.parse(made)).toEqual(made)
  expect(made.metrics['teams']).toMatchObject({
    title: 'Teams',
    error: { code: 'failed', path: 'metrics.teams', message: 'Memory limit exceeded.' },
    points: [],
    headline: null,
  })
  expect(made.metrics['messages']?.headline?.value).toBe(105)
  // Without one of its inputs the change cannot be explained.
  expect(made.metrics['messages']).toMatchObject({ contributions: [], residual: null })
  const dead: Store = { ...flaky, rows: () => Promise.reject(new Error('Gone.')) }
  await expect(report(dead, tree, { now: NOW })).rejects.toThrow('Gone.')
})
