import type { Calendar, Grain } from '@nsm/schema'
import type { Period } from '../../calendar/periods.js'
import { readStatistics } from '../../catalog/statistics.js'
import type { CompiledMetric } from '../../metrics/compiled.js'
import { leaves } from '../../plan/compile.js'
import { dependsOn } from '../../plan/dependencies.js'
import { milliseconds } from '../../plan/duration.js'
import { overAt } from '../../plan/period-state.js'
import { matching } from '../../sql/fragments/events.js'
import { assign } from '../../sql/intervals.js'
import { leadingRows } from '../../sql/leaf.js'
import type { Store } from '../../store/index.js'
import type { Arrivals } from './arrivals.js'
import { remember } from './remember.js'

/** A period of one metric that events still came for after it was final. */
export interface LateEvents {
  metric: CompiledMetric
  period: Period
  /** When the period became final for this metric; UTC instant, ms. */
  finalAt: number
  events: number
}

/**
 * Finds what came too late, for all metrics in one look at the events. Periods that were final before the store received
 * its first event have no first reported value, so nothing is late for them.
 *
 * @param span adjoining periods, in order; those that are not final yet are left out
 * @param arrivals what arrived of each of them: where nothing came after a period was final, nothing is looked for
 */
export async function findLateEvents(
  store: Store,
  calendar: Calendar,
  {
    metrics,
    grain,
    span,
    asOf,
  }: { metrics: readonly CompiledMetric[]; grain: Grain; span: readonly Period[]; asOf: number },
  arrivals: readonly Arrivals[],
): Promise<LateEvents[]> {
  const lateness = milliseconds(calendar.allowedLateness)
  // No metric is final sooner than its period's end and the time it settles.
  const over = span.filter(({ end }) => end + lateness <= asOf)
  const last = over.at(-1)
  const came = over.some(({ end }, place) => (arrivals[place] as Arrivals).lastReceived > end + lateness)
  if (!last || !came) return []
  const { firstReceived } = await readStatistics(store, asOf, [])
  const context = { calendar, grain }
  const watched = metrics.map((metric): Watched => {
    const { plan } = metric
    const of = [...new Set(leaves(plan).map((leaf) => `(${matching(leadingRows(leaf))})`))].join(' OR ')
    const everything = leaves(plan).some((leaf) => !Number.isFinite(dependsOn(context, leaf, { period: last }).start))
    const depth = everything ? 1 : DEPTH
    const finals = over.map((period) => overAt(calendar, grain, plan, period) + lateness)
    const shown = finals.map((finalAt) => {
      const newer = finals.filter((other) => other > finalAt && other <= asOf).length
      return firstReceived <= finalAt && finalAt <= asOf && newer < depth
    })
    return { metric, of, finals, shown }
  })
  const suspects = over.flatMap((period, place) => {
    const { lastReceived } = arrivals[place] as Arrivals
    const possible = watched.some(({ finals, shown }) => shown[place] && lastReceived > (finals[place] as number))
    return possible ? [{ ...period, place }] : []
  })
  const about = JSON.stringify(['late', grain, metrics.map(({ hash }) => hash)])
  const counts = await remember(store, about, suspects, asOf, (missing) => {
    const asked = watched.map(({ of, finals }) => ({ of, finals: missing.map(({ place }) => finals[place] as number) }))
    return countLate(store, asked, missing, lateness, asOf)
  })
  return suspects.flatMap(({ place }, position) =>
    watched.flatMap(({ metric, finals, shown }, i) => {
      const events = counts[position]?.[i] ?? 0
      const [period, finalAt] = [over[place] as Period, finals[place] as number]
      return events > 0 && shown[place] ? [{ metric, period, finalAt, events }] : []
    }),
  )
}

interface Watched {
  metric: CompiledMetric
  /** SQL for the events it is of. */
  of: string
  /** By period, when it is final; UTC instants, ms. */
  finals: number[]
  /** By period, whether what came late for it is of interest. */
  shown: boolean[]
}

/**
 * How far back restatements are looked for, in final periods: each is a question of its own, as of its own instant. For
 * what depends on all of history it is one period, because there each of those questions is a look at all of it.
 */
const DEPTH = 4

/** For each period, for each metric how many events were received after it was final. */
async function countLate(
  store: Store,
  watched: readonly Pick<Watched, 'of' | 'finals'>[],
  over: readonly Period[],
  lateness: number,
  asOf: number,
): Promise<number[][]> {
  const { key, condition, keyOf } = assign(over)
  // A local day that a zone skipped has no key, and no events.
  const full = over.flatMap((_, i) => (keyOf(i) === undefined ? [] : [i]))
  const keys = list(full.map((i) => keyOf(i) as number))
  const after = (instants: readonly number[]) =>
    `receivedAt > transform(start, ${keys}, ${list(full.map((i) => instants[i] as number))})`
  const counts = watched.map(({ of, finals }) => `countIf((${of}) AND ${after(finals)})`)
  // Many metrics are of the same events.
  const different = [...new Set(counts)]
  const rows = await store.rows<(number | string)[]>(
    `SELECT toInt64(${key}) AS start, ${different.join(', ')}
    FROM ${store.database}.events
    WHERE ${condition} AND receivedAt <= ${asOf} AND receivedAt - time > ${lateness} AND ${after(over.map(({ end }) => end + lateness))}
    GROUP BY start`,
  )
  const counted = new Map(rows.map(([start, ...found]) => [Number(start), found.map(Number)]))
  return over.map((_, i) => {
    const found = counted.get(keyOf(i) ?? Number.NaN)
    return counts.map((count) => found?.[different.indexOf(count)] ?? 0)
  })
}

function list(numbers: readonly number[]): string {
  return `CAST([${numbers.join(', ')}], 'Array(Int64)')`
}
