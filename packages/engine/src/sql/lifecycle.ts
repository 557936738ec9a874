import { type Period, shiftPeriod } from '../calendar/periods.js'
import { looksBack } from '../plan/dependencies.js'
import { sliceEnd, windowInterval } from '../plan/interval.js'
import type { LifecyclePlan } from '../plan/plan.js'
import type { Statement } from './batch.js'
import type { QueryContext } from './context.js'
import { fastLifecycle } from './fast/lifecycle.js'
import { type Column, matching, selectEvents } from './fragments/events.js'
import { thresholdsOf } from './fragments/having.js'
import { labelOf } from './fragments/segment.js'
import { assign } from './intervals.js'
import { byKey } from './table.js'

/** Periods farther back than this count as one: nobody's lifecycle turns on them. */
const MOST_PERIODS = 5_000
/** The key of a interval in which nothing lies. */
const NEVER = -9_100_000_000_000_000

/** In which periods each entity was active, and from that how many are new, returning, resurrected or dormant. */
export function lifecycleStatement(context: QueryContext, plan: LifecyclePlan): Statement {
  const { calendar, grain, slices } = context
  const { entity, having, rows, stage, window } = plan
  const past = history(context, plan)
  const intervals = past.map((period) => windowInterval(context.calendar, { period }, window))
  const place = new Map(past.map((period, i) => [period.id, i]))
  // Whatever lies before the first period that matters is one interval more, unless thresholds or windows need it cut, or
  // nobody asks for it.
  const beginning = intervals[0]?.start ?? Number.NEGATIVE_INFINITY
  const lump = having || window || !looksBack(plan) ? [] : [{ start: Number.NEGATIVE_INFINITY, end: beginning }]
  const cut = slices.flatMap((slice, i) => (sliceEnd(slice) < slice.period.end ? [{ slice, i }] : []))
  const all = [...lump, ...intervals, ...cut.map(({ slice }) => windowInterval(context.calendar, slice, window))]
  const { key, condition, keyOf } = assign(all)
  const fast = fastLifecycle(context, plan, {
    intervals: all,
    condition,
    own: (slice) => lump.length + (place.get(slice.period.id) as number),
    now: (i) => {
      const cutAt = cut.findIndex((one) => one.i === i)
      return cutAt < 0 ? undefined : lump.length + intervals.length + cutAt
    },
  })
  if (fast) return fast
  const keyAt = (position: number | undefined) => (position === undefined ? undefined : keyOf(position)) ?? NEVER
  const keyOfPeriod = (period: Period) => {
    const i = place.get(period.id)
    return keyAt(i === undefined ? undefined : i + lump.length)
  }

  const points = slices.map((slice, i) => {
    const own = keyOfPeriod(slice.period)
    const cutAt = cut.findIndex((one) => one.i === i)
    const now = cutAt < 0 ? own : keyAt(lump.length + intervals.length + cutAt)
    return `(${i}, ${now}, ${keyOfPeriod(shiftPeriod(calendar, grain, slice.period, -1))}, ${own})`
  })
  const { sql: label } = labelOf(context.segment)
  const conditions = [matching(rows), condition]
  const columns: Record<string, Column> = { period: key, segment: label, entity: entity }
  const keys = all.map((_, position) => keyOf(position)).filter((found) => found !== undefined)
  const inSpan = `period IN (${[...keys, NEVER].join(', ')})`
  const activity = () => {
    if (!having)
      return `SELECT DISTINCT period, segment, entity FROM (${selectEvents(context, columns, conditions)}) WHERE entity != '' AND ${inSpan}`
    const thresholds = thresholdsOf(context, having, rows, all)
    const groups = selectEvents(
      context,
      { period: key, segment: label, grp: having.by, ...thresholds.columns },
      conditions,
    )
    const kept = `SELECT period, segment, grp FROM (${groups}) WHERE grp != '' GROUP BY period, segment, grp HAVING ${thresholds.reached()}`
    if (having.by.id === entity.id) return `SELECT period, segment, grp AS entity FROM (${kept}) WHERE ${inSpan}`
    const events = selectEvents(context, { ...columns, grp: having.by }, conditions)
    return `SELECT DISTINCT period, segment, entity FROM (${events}) WHERE entity != '' AND ${inSpan} AND (period, segment, grp) IN (${kept})`
  }
  const [now, before, ever] = ['has(active, at.now)', 'has(active, at.before)', 'arrayExists(x -> x < at.own, active)']
  const stages = {
    new: `${now} AND NOT ${ever}`,
    returning: `${now} AND ${before}`,
    resurrected: `${now} AND NOT ${before} AND ${ever}`,
    dormant: `${before} AND NOT ${now}`,
  }
  return {
    sql: `WITH
        activity AS (${activity()}),
        entities AS (SELECT segment, entity, groupArray(period) AS active FROM activity GROUP BY segment, entity)
      SELECT at.slice, segment, countIf(${stages[stage]}) FROM entities
      ARRAY JOIN CAST([${points.join(', ')}], 'Array(Tuple(slice Int64, now Int64, before Int64, own Int64))') AS at
      GROUP BY at.slice, segment`,
    read: byKey((position) => [position]),
  }
}

/** The periods in which activity is told apart, in order: those of the slices, the one before them, and those between. */
function history(context: QueryContext, plan: LifecyclePlan): Period[] {
  const { having, rows, window } = plan
  const { calendar, grain, slices } = context
  const first = slices.reduce((least, { period }) => (period.start < least.start ? period : least), slices[0]!.period)
  const last = slices.reduce((most, { period }) => (period.start >= most.start ? period : most), slices[0]!.period)
  const since =
    (having || window) && looksBack(plan)
      ? (context.firstSeen(rows) ?? Number.POSITIVE_INFINITY)
      : Number.POSITIVE_INFINITY
  const before: Period[] = []
  let at = shiftPeriod(calendar, grain, first, -1)
  before.push(at)
  while (at.end > since && before.length < MOST_PERIODS) {
    at = shiftPeriod(calendar, grain, at, -1)
    before.push(at)
  }
  const found = before.reverse()
  for (let period = first; ; period = shiftPeriod(calendar, grain, period, 1)) {
    found.push(period)
    if (period.id >= last.id) return found
  }
}
