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
  if (found.length === 0) return []
  const [began] = await store.rows<[number]>(`SELECT min(receivedAt) FROM ${store.database}.events`)
  return found.flatMap(([start, ...counts]) => {
    const position = span.findIndex((period) => period.start === Number(start))
    return watched.flatMap(({ metric, finals }, i): LateEvents[] => {
      const events = Number(counts[i])
      const finalAt = finals[position] as number
      if (events === 0 || finalAt < Number(began?.[0])) return []
      return [{ metric, period: span[position] as Period, finalAt, events }]
    })
  })
}

function list(numbers: readonly number[]): string {
  return `CAST([${numbers.join(', ')}], 'Array(Int64)')`
}
