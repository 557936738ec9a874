import { type Event, parseTree, reportSchema, type Tree } from '@nsm/schema'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { report } from '../report/index.js'
import { openStore, type Store } from '../store/index.js'
import { query } from './index.js'

const DAY = 86_400_000
const FIRST = Date.parse('2026-01-05T12:00:00Z')
const WEEKS = 20
const NOW = FIRST + WEEKS * 7 * DAY
/** What the two events of a week carry, week after week. */
const NUMBERS = [
  [Number.MAX_VALUE, Number.MAX_VALUE],
  [5e-324, 5e-324],
  [-Number.MAX_VALUE, Number.MAX_VALUE],
  [2 ** 53 + 1, 2 ** 53 - 1],
  [-0, 0],
  [7, 5],
] as const

const sum = (name: string) => ({ kind: 'sum', event: name, property: 'n' })
const average = (stat: string) => ({ kind: 'average', event: '*', property: 'n', stat })
const definitions = {
  total: sum('a'),
  other: sum('b'),
  mean: average('mean'),
  median: average('median'),
  p90: average('p90'),
  each: { kind: 'average', event: '*', per: 'user', measure: { sum: 'n' }, stat: 'mean' },
  stock: { kind: 'stock', event: '*', of: 'user', sum: 'n' },
  rate: { kind: 'ratio', numerator: 'total', denominator: 'other' },
  product: { kind: 'derived' },
  difference: { kind: 'derived' },
}
const formula: Partial<Record<keyof typeof definitions, object>> = {
  product: { product: ['total', 'other'] },
  difference: { sum: ['total', ['other', -2]] },
}

const tree = parse({
  version: 1,
  product: 'P',
  calendar: { timezone: 'UTC' },
  entities: { user: { id: 'userId' } },
  events: { a: {}, b: {} },
  segments: { plan: { property: 'plan' } },
  northStar: ['difference'],
  metrics: Object.fromEntries(
    Object.entries(definitions).map(([id, definition]) => [
      id,
      {
        title: id,
        definition,
        ...(id in formula && { formula: formula[id as keyof typeof formula] }),
        goals: [{ target: '+20%', from: '2026-02-01', by: '2026-12-31', path: 'compound' }],
      },
    ]),
  ),
})

const events = Array.from({ length: WEEKS }, (_, week) =>
  (NUMBERS[week % NUMBERS.length] as readonly number[]).flatMap((n, i) =>
    ['a', 'b'].map(
      (name, k): Event => ({
        messageId: `${week} ${i} ${name}`,
        type: 'track',
        name,
        time: FIRST + week * 7 * DAY + i * DAY,
        receivedAt: FIRST + week * 7 * DAY + i * DAY,
        userId: `u${i}`,
        anonymousId: '',
        otherId: '',
        properties: { n: k === 0 ? n : 5e-324, plan: i === 0 ? 'pro' : 'free' },
        context: {},
      }),
    ),
  ),
).flat()

let store: Store
beforeAll(async () => {
  store = await openStore('memory:')
  await store.insert(events)
})
afterAll(() => store.close())

test('a value too large for a number is unknown, in a leaf as in arithmetic', async () => {
  const valuesOf = async (metric: string) => {
    const { points } = await query(store, tree, { metric, grain: 'week', from: '2026-01-05', to: '2026-01-18' }, NOW)
    return points.map(({ value }) => value)
  }
  expect(await valuesOf('total')).toEqual([null, 1e-323])
  expect(await valuesOf('rate')).toEqual([null, 1])
  expect(await valuesOf('difference')).toEqual([null, -1e-323])
  expect(await valuesOf('mean')).toEqual([null, 5e-324])
})

test('every number of a whole report is one, with segments too', async () => {
  const whole = await report(store, tree, { now: NOW, segment: 'plan', periods: 16 })
  expect(Object.values(whole.metrics).flatMap(({ id, error }) => (error ? [id, error] : []))).toEqual([])
  // A schema's number is neither NaN nor infinite.
  expect(reportSchema.safeParse(whole).error?.issues ?? []).toEqual([])
  expect(whole.metrics['total']?.points.some(({ value }) => value !== null)).toBe(true)
})

function parse(input: object): Tree {
  const tree = parseTree(input)
  if (!tree.ok) throw new Error(JSON.stringify(tree.problems))
  return tree.value
}
