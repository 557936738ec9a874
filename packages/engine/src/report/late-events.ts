import type { Grain, Tree } from '@nsm/schema'
import type { Period } from '../calendar/periods.js'
import { compileMetric, leaves } from '../plan/compile.js'
import { milliseconds } from '../plan/duration.js'
import { leadingRows } from '../plan/leaf.js'
import { matching } from '../plan/rows.js'
import { floorTo } from '../plan/spans.js'
import { overAt } from '../plan/state.js'
import type { Store } from '../store/index.js'

/** A period of one metric that events still came for after it was final. */
export interface LateEvents {
  metric: string
  period: Period
  /** When the period became final for this metric; UTC instant, ms. */
  finalAt: number
  events: number
  /** How many events the store had received by `finalAt`, of all kinds and times. */
  seen: number
}

/**
 * Finds what came too late, for all metrics in one look at the events. Periods that were final before the store received
 * its first event have no first reported value, so nothing is late for them.
 *
 * @param span adjoining periods, in order
 */
export async function findLateEvents(
  store: Pick<Store, 'rows' | 'database'>,
  tree: Tree,
  { metrics, grain, span, asOf }: { metrics: readonly string[]; grain: Grain; span: readonly Period[]; asOf: number },
): Promise<LateEvents[]> {
  const late = milliseconds(tree.calendar.late)
  const watched = metrics.map((metric) => {
    const plan = compileMetric(tree, metric)
    const finals = span.map((period) => overAt(tree.calendar, grain, plan, period) + late)
    const of = [...new Set(leaves(plan).map((leaf) => `(${matching(leadingRows(leaf))})`))].join(' OR ')
    return { metric, of, finals }
  })
  const [first, last] = [span[0], span.at(-1)]
  if (!first || !last || watched.length === 0) return []
  // No metric is final sooner than its period's end and the time it settles.
  const soonest = span.map(({ end }) => end + late)
  const starts = list(span.map(({ start }) => start))
  const afterFinal = (finals: readonly number[]) => `receivedAt > transform(start, ${starts}, ${list(finals)})`
  const found = await store.rows<(number | string)[]>(
    `SELECT start, ${watched.map(({ of, finals }) => `countIf((${of}) AND ${afterFinal(finals)})`).join(', ')}
    FROM (SELECT *, ${floorTo(span.map(({ start }) => start))} AS start FROM ${store.database}.events
      WHERE time >= ${first.start} AND time < ${last.end} AND receivedAt <= ${asOf} AND receivedAt - time > ${late})
    WHERE ${afterFinal(soonest)} GROUP BY start`,
  )
  const lateFor = found.flatMap(([start, ...counts]) => {
    const position = span.findIndex((period) => period.start === Number(start))
    return watched.flatMap(({ metric, finals }, i) => {
      const events = Number(counts[i])
      return events === 0
        ? []
        : [{ metric, period: span[position] as Period, finalAt: finals[position] as number, events }]
    })
  })
  if (lateFor.length === 0) return []
  const seenBy = await countReceived(
    store,
    lateFor.map(({ finalAt }) => finalAt),
  )
  return lateFor.map((entry) => ({ ...entry, seen: seenBy.get(entry.finalAt) ?? 0 })).filter(({ seen }) => seen > 0)
}

/** How many events had been received by each of some instants. */
async function countReceived(
  store: Pick<Store, 'rows' | 'database'>,
  instants: readonly number[],
): Promise<Map<number, number>> {
  const bounds = [...new Set(instants)].sort((a, b) => a - b)
  const counted = await store.rows<[number | string, number | string]>(
    `SELECT roundDown(receivedAt - 1, ${list([-1, ...bounds])}) AS after, count() FROM ${store.database}.events
    WHERE receivedAt <= ${bounds.at(-1)} GROUP BY after`,
  )
  const receivedAfter = new Map(counted.map(([after, count]) => [Number(after), Number(count)]))
  const seen = new Map<number, number>()
  let total = 0
  bounds.forEach((bound, i) => {
    total += receivedAfter.get(bounds[i - 1] ?? -1) ?? 0
    seen.set(bound, total)
  })
  return seen
}

function list(numbers: readonly number[]): string {
  return `CAST([${numbers.join(', ')}], 'Array(Int64)')`
}
