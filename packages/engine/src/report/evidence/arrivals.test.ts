import type { Event } from '@nsm/schema'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openStore, type Store } from '../../store/index.js'
import { arrivalsSql } from '../../store/schema.js'
import { arrivalsOf } from './arrivals.js'

const HOUR = 3_600_000
const QUARTER = 900_000
const midnight = Date.parse('2026-03-02T00:00:00Z')

function event(time: number, delay: number): Event {
  const who = { userId: 'u', anonymousId: '', otherId: '' }
  return {
    messageId: `${time} ${delay}`,
    type: 'track',
    name: 'a',
    time,
    receivedAt: time + delay,
    ...who,
    properties: {},
    context: {},
  }
}

const events = [
  event(-1, HOUR + 1),
  event(0, HOUR),
  event(midnight - 1, 0),
  event(midnight, 3 * HOUR),
  event(midnight + QUARTER - 1, 5),
  event(midnight + QUARTER, 7),
]

let store: Store
beforeAll(async () => {
  store = await openStore('memory:')
  await store.insert(events)
})
afterAll(() => store.close())

const counted = async (bounds: number[], asOf = midnight + 9 * HOUR) => {
  const spans = bounds.slice(1).map((end, i) => ({ start: bounds[i] as number, end }))
  return (await arrivalsOf(store, spans, asOf)).map(({ events, late }) => [events, late])
}

describe('what arrived', () => {
  test('is counted by the time it happened, also before 1970', async () => {
    const bounds = [-QUARTER, 0, midnight - QUARTER, midnight, midnight + QUARTER, midnight + 2 * QUARTER]
    expect(await counted(bounds)).toEqual([
      [1, 1],
      [1, 0],
      [1, 0],
      [2, 1],
      [1, 0],
    ])
    const [found] = await arrivalsOf(store, [{ start: midnight, end: midnight + QUARTER }], midnight + 9 * HOUR)
    expect(found).toEqual({ events: 2, late: 1, lastReceived: midnight + 3 * HOUR })
  })

  test('is counted exactly where a bound is on no quarter of an hour', async () => {
    expect(await counted([midnight - 1, midnight + QUARTER - 1, midnight + QUARTER])).toEqual([
      [2, 1],
      [1, 0],
    ])
  })

  test('is only what had been received', async () => {
    expect(await counted([midnight, midnight + QUARTER], midnight + HOUR)).toEqual([[1, 0]])
  })

  test('is kept by the store, which does not look at its rows for it', async () => {
    const plan = await store.rows<[string]>(
      `EXPLAIN ${arrivalsSql(store.database, [midnight, midnight + QUARTER], null)}`,
    )
    expect(plan.join('\n')).toContain('arrivals')
  })
})
