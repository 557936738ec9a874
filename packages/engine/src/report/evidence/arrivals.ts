import { assign } from '../../sql/intervals.js'
import type { Store } from '../../store/index.js'
import { arrivalsSql } from '../../store/schema.js'
import { type Reach, remember } from './remember.js'

/** What arrived of the events of a span of time. */
export interface Arrivals {
  events: number
  /** Received more than an hour after they happened. */
  late: number
  /** UTC instant, ms. */
  lastReceived: number
}

const NOTHING: Arrivals = { events: 0, late: 0, lastReceived: Number.NEGATIVE_INFINITY }

/** What had arrived by an instant (`asOf`, ms) of the events of each of some spans, which do not overlap. */
export async function arrivalsOf(store: Store, spans: readonly Reach[], asOf: number): Promise<Arrivals[]> {
  return remember(store, 'arrivals', spans, asOf, async (missing, receivedUntil) => {
    const { key, condition, keyOf } = assign(missing)
    const bounds = missing.flatMap(({ start, end }) => [start, end])
    const rows = await store.rows<(number | string)[]>(
      `SELECT ${key} AS start, sum(events), sum(late), max(last)
      FROM (${arrivalsSql(store.database, bounds, receivedUntil)}) WHERE ${condition} GROUP BY start`,
    )
    const arrived = new Map(
      rows.map((row) => {
        const [start, events, late, lastReceived] = row.map(Number) as [number, number, number, number]
        return [start, { events, late, lastReceived }]
      }),
    )
    return missing.map((_, i) => arrived.get(keyOf(i) ?? Number.NaN) ?? NOTHING)
  })
}
