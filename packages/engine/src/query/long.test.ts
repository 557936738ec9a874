import { type Event, parseTree } from '@nsm/schema'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore, type Store } from '../store/index.js'
import { query } from './query.js'

const DAY = 86_400_000
const start = Date.parse('2024-01-01T09:00:00Z')
const now = start + 1000 * DAY
/** Days on which each user was active. */
const ACTIVE = { early: [0, 1, 64, 65, 128], often: [60, 61, 62, 63, 64, 127, 128, 129], late: [130, 590] }

const tree = parseTree({
  version: 1,
  product: 'Long',
  calendar: { timezone: 'UTC' },
  events: { a: {} },
  northStar: ['rolling'],
  metrics: Object.fromEntries(
    Object.entries({
      active: { kind: 'unique', of: 'user', event: 'a' },
      counted: { kind: 'unique', of: 'user', event: 'a', having: { count: { gte: 1 } } },
      twice: { kind: 'unique', of: 'user', event: 'a', window: '3d', having: { days: { gte: 2 } } },
      rolling: { kind: 'unique', of: 'user', event: 'a', window: '3d' },
      fresh: { kind: 'unique', of: 'user', event: 'a', lifecycle: 'new' },
      returning: { kind: 'unique', of: 'user', event: 'a', lifecycle: 'returning' },
      resurrected: { kind: 'unique', of: 'user', event: 'a', lifecycle: 'resurrected' },
      dormant: { kind: 'unique', of: 'user', event: 'a', lifecycle: 'dormant' },
      retained: { kind: 'retention', of: 'user', from: { event: 'a' }, to: { event: 'a' }, after: 1 },
      kept: { kind: 'retention', of: 'user', from: { event: 'a' }, to: { event: 'a' }, after: 60, mode: 'on_or_after' },
    }).map(([id, definition]) => [id, { title: id, definition }]),
  ),
})
if (!tree.ok) throw new Error(JSON.stringify(tree.problems))
const { value } = tree

let store: Store
beforeAll(async () => {
  store = await openStore('memory:')
  const events = Object.entries(ACTIVE).flatMap(([userId, days]) =>
    days.map((day): Event => {
      const time = start + day * DAY
      const who = { userId, anonymousId: '', otherId: '' }
      return {
        messageId: `${userId} ${day}`,
        type: 'track',
        name: 'a',
        time,
        receivedAt: time,
        ...who,
        properties: {},
        context: {},
      }
    }),
  )
  await store.insert(events)
})
afterAll(() => store.close())

const date = (day: number) => new Date(start + day * DAY).toISOString().slice(0, 10)
/** Values by day, without those that are 0 or undefined. */
async function ask(metric: string, days: number) {
  const request = { metric, grain: 'day', from: date(0), to: date(days - 1) } as const
  const { points } = await query({ ...bound(store), changes: null }, value, request, now)
  return Object.fromEntries(points.flatMap(({ value }, day) => (value ? [[day, value]] : [])))
}

function bound(of: Store): Store {
  return Object.assign(Object.create(of), { database: of.database, rows: of.rows.bind(of) })
}

describe('over many periods', () => {
  const active = { 0: 1, 1: 1, 60: 1, 61: 1, 62: 1, 63: 1, 64: 2, 65: 1, 127: 1, 128: 2, 129: 1, 130: 1 }
  const expected = {
    active,
    counted: active,
    twice: { 1: 1, 2: 1, 61: 1, 62: 1, 63: 1, 64: 1, 65: 2, 66: 1, 128: 1, 129: 1, 130: 1 },
    rolling: { 0: 1, 1: 1, 2: 1, 3: 1, 60: 1, 61: 1, 62: 1, 63: 1, 64: 2, 65: 2, 66: 2, 67: 1 },
    fresh: { 0: 1, 60: 1, 130: 1 },
    returning: { 1: 1, 61: 1, 62: 1, 63: 1, 64: 1, 65: 1, 128: 1, 129: 1 },
    resurrected: { 64: 1, 127: 1, 128: 1 },
    dormant: { 2: 1, 65: 1, 66: 1, 129: 1, 130: 1, 131: 1 },
    retained: { 0: 1, 60: 1, 61: 1, 62: 1, 63: 1, 64: 0.5, 127: 1, 128: 0.5 },
    kept: { 0: 1, 1: 1, 60: 1, 61: 1, 62: 1, 63: 1, 64: 1, 65: 1, 130: 1 },
  }
  it.each([
    ['few enough for one number', 60],
    ['a few', 100],
    ['more than a number has bits', 150],
    ['more than are kept as bits', 600],
  ])('numbers are the same: %s', async (_, days) => {
    for (const [metric, all] of Object.entries(expected)) {
      const found = await ask(metric, days)
      const until = metric === 'rolling' ? 68 : Math.min(days, 132)
      const own = (numbers: Record<string, number>) =>
        Object.entries(numbers).filter(([day]) => Number(day) < Math.min(until, days))
      expect(own(found), metric).toEqual(own(all))
    }
  })
})
