import { type Period, shiftPeriod } from '../calendar/periods.js'
import { hull, type Interval, sliceEnd } from '../plan/interval.js'
import type { RetentionPlan, StepPlan } from '../plan/plan.js'
import type { Statement } from './batch.js'
import type { QueryContext } from './context.js'
import { fastRetention } from './fast/retention.js'
import { MESSAGE_ID, matching, selectEvents } from './fragments/events.js'
import { thresholdsOf } from './fragments/having.js'
import { labelOf } from './fragments/segment.js'
import { type Assignment, assign } from './intervals.js'
import { byKey, WHOLE } from './table.js'

const MOST_PERIODS = 5_000

/** Who did `from` in a slice, and who of them did `to` in the period that is `after` later. Answers retained, cohort. */
export function retentionStatement(context: QueryContext, plan: RetentionPlan): Statement {
  const { calendar, grain, slices } = context
  const cohortSpans = slices.map((slice) => ({ start: slice.period.start, end: sliceEnd(slice) }))
  const cohorts = assign(cohortSpans)
  const { sql: label } = labelOf(context.segment)
  const cohort = `SELECT DISTINCT period, segment, entity FROM (${stepEvents(context, plan, plan.from, cohorts, label, hull(cohortSpans))})`
  const columns = slices.map(({ period }) => shiftPeriod(calendar, grain, period, plan.after))
  const fast = fastRetention(context, plan, cohortSpans, columns)
  if (fast) return fast
  const keys = slices.flatMap((_, i) => cohorts.keyOf(i) ?? [])
  const starts = slices.flatMap((_, i) => (cohorts.keyOf(i) === undefined ? [] : [(columns[i] as Period).start]))
  // The period in which a cohort has to come back, by its start.
  const column = `transform(period, CAST([${keys}], 'Array(Int64)'), CAST([${starts}], 'Array(Int64)'), toInt64(0))`
  const back = plan.mode === 'on' ? cameOn(context, plan, columns) : cameSince(context, plan, columns)
  const isBack = plan.mode === 'on' ? `has(active, ${column})` : `arrayExists(x -> x >= ${column}, active)`
  return {
    sql: `WITH
        cohort AS (${cohort}),
        activity AS (SELECT entity, groupArray(returned) AS active FROM (${back}) GROUP BY entity)
      SELECT period, segment, countIf(${isBack}) AS retained, count() AS cohort_size
      FROM cohort LEFT ANY JOIN activity USING (entity) GROUP BY period, segment`,
    read: byKey(cohorts.positions),
  }
}

/** Whether a slice's cohort can be observed yet. */
export function isObservable(
  { calendar, grain, asOf }: QueryContext,
  plan: RetentionPlan,
  { period, until }: QueryContext['slices'][number],
): boolean {
  return shiftPeriod(calendar, grain, period, plan.after).end <= Math.min(asOf, until ?? Number.POSITIVE_INFINITY)
}

/** Entities and the starts of the columns in which they came back. */
function cameOn(context: QueryContext, plan: RetentionPlan, columns: readonly Period[]): string {
  const intervals = assign(columns)
  const keys = columns.flatMap((_, i) => intervals.keyOf(i) ?? [])
  const starts = columns.flatMap(({ start }, i) => (intervals.keyOf(i) === undefined ? [] : [start]))
  const events = stepEvents(context, plan, plan.to, intervals, `'${WHOLE}'`, hull(columns))
  return `SELECT DISTINCT entity, transform(period, CAST([${keys}], 'Array(Int64)'), CAST([${starts}], 'Array(Int64)'), toInt64(0)) AS returned
    FROM (${events}) WHERE period IN (${keys.length > 0 ? keys : 'NULL'})`
}

/** Entities and the starts of the last period, from the first column on, in which they came back. */
function cameSince(context: QueryContext, plan: RetentionPlan, columns: readonly Period[]): string {
  const first = columns.reduce((least, period) => (period.start < least.start ? period : least), columns[0] as Period)
  if (!plan.to.having) {
    const all = assign([{ start: first.start, end: Number.POSITIVE_INFINITY }])
    const events = stepEvents(context, plan, plan.to, all, `'${WHOLE}'`, first)
    return `SELECT entity, max(at) AS returned FROM (${events}) GROUP BY entity`
  }
  const later: Period[] = []
  for (let period = first; period.start <= context.lastSeen && later.length < MOST_PERIODS; ) {
    later.push(period)
    period = shiftPeriod(context.calendar, context.grain, period, 1)
  }
  return cameOn(context, plan, later.length > 0 ? later : [first])
}

/** The events of one end, by those whose thresholds are reached in a interval. */
function stepEvents(
  context: QueryContext,
  { entity }: RetentionPlan,
  step: StepPlan,
  intervals: Assignment,
  label: string,
  interval: Interval,
): string {
  const { having, rows, first } = step
  const conditions = [matching(rows), intervals.condition]
  const events = selectEvents(
    context,
    {
      period: intervals.key,
      segment: label,
      entity: entity,
      at: 'time',
      ...(first ? { message: MESSAGE_ID } : {}),
      ...(having ? { grp: having.by } : {}),
    },
    conditions,
  )
  const tests = [`entity != ''`]
  if (having) {
    const thresholds = thresholdsOf(context, having, rows, [interval])
    const groups = selectEvents(
      context,
      { period: intervals.key, segment: label, grp: having.by, ...thresholds.columns },
      conditions,
    )
    tests.push(
      `(period, segment, grp) IN (SELECT period, segment, grp FROM (${groups}) WHERE grp != '' GROUP BY period, segment, grp HAVING ${thresholds.reached()})`,
    )
  }
  if (first) {
    const ever = selectEvents(
      context,
      { entity: entity, message: MESSAGE_ID, rank: `(time, receivedAt, ${MESSAGE_ID})` },
      [matching(rows)],
    )
    tests.push(`message IN (SELECT argMin(message, rank) FROM (${ever}) WHERE entity != '' GROUP BY entity)`)
  }
  return `SELECT period, segment, entity, at FROM (${events}) WHERE ${tests.join(' AND ')}`
}
