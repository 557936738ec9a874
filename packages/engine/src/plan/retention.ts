import { type Period, shiftPeriod } from '../calendar/periods.js'
import { bitsOf, countEach, entityBits } from './bits.js'
import { thresholdsOf } from './keep.js'
import type { RetentionPlan, StepPlan } from './plan.js'
import { MESSAGE_ID, matching, selectEvents } from './rows.js'
import { type Scene, type Span, sliceEnd } from './scene.js'
import { labelOf } from './segment.js'
import { type Assignment, assign, hull } from './spans.js'
import { byKey, type Question, WHOLE } from './table.js'

const MOST_PERIODS = 5_000

/** Who did `from` in a slice, and who of them did `to` in the period that is `after` later. Answers retained, cohort. */
export function retentionQuestion(scene: Scene, plan: RetentionPlan): Question {
  const { calendar, grain, slices } = scene
  const cohortSpans = slices.map((slice) => ({ start: slice.period.start, end: sliceEnd(slice) }))
  const cohorts = assign(cohortSpans)
  const { sql: label } = labelOf(scene.segment)
  const cohort = `SELECT DISTINCT w, s, e FROM (${stepEvents(scene, plan, plan.from, cohorts, label, hull(cohortSpans))})`
  const columns = slices.map(({ period }) => shiftPeriod(calendar, grain, period, plan.after))
  const plain = plainQuestion(scene, plan, cohortSpans, columns)
  if (plain) return plain
  const keys = slices.flatMap((_, i) => cohorts.keyOf(i) ?? [])
  const starts = slices.flatMap((_, i) => (cohorts.keyOf(i) === undefined ? [] : [(columns[i] as Period).start]))
  // The period in which a cohort has to come back, by its start.
  const column = `transform(w, CAST([${keys}], 'Array(Int64)'), CAST([${starts}], 'Array(Int64)'), toInt64(0))`
  const back = plan.mode === 'on' ? cameOn(scene, plan, columns) : cameSince(scene, plan, columns)
  const retained = plan.mode === 'on' ? `has(came, ${column})` : `arrayExists(x -> x >= ${column}, came)`
  return {
    sql: `SELECT w, s, countIf(${retained}), count() FROM (${cohort}) AS cohort
      LEFT ANY JOIN (SELECT e, groupArray(c) AS came FROM (${back}) GROUP BY e) AS back USING (e) GROUP BY w, s`,
    read: byKey(cohorts.positions),
  }
}

/** Where only whole periods are looked at: when an entity did either, as bits. */
function plainQuestion(
  scene: Scene,
  { entity, from, to, mode }: RetentionPlan,
  cohorts: readonly Span[],
  columns: readonly Period[],
): Question | undefined {
  if (scene.segment || from.keep || to.keep || from.first || to.first) return undefined
  const back = columns.map(({ start, end }) => ({ start, end: mode === 'on' ? end : Number.POSITIVE_INFINITY }))
  const [entered, returned] = [bitsOf(cohorts), bitsOf(back)]
  if (!entered || !returned) return undefined
  const f = { bits: entered, condition: `${matching(from.rows)} AND ${assign(cohorts).condition}` }
  const t = { bits: returned, condition: `${matching(to.rows)} AND ${assign(back).condition}` }
  const entities = entityBits(scene, entity, { f, t }, [`((${f.condition}) OR (${t.condition}))`])
  const cohort = cohorts.map((_, i) => entered.anyOf('f', [i]))
  return countEach(entities, [cohort.map((test, i) => `${test} AND ${returned.anyOf('t', [i])}`), cohort])
}

/** Whether a slice's cohort can be observed yet. */
export function isObservable(
  { calendar, grain, asOf }: Scene,
  plan: RetentionPlan,
  { period, until }: Scene['slices'][number],
): boolean {
  return shiftPeriod(calendar, grain, period, plan.after).end <= Math.min(asOf, until ?? Number.POSITIVE_INFINITY)
}

/** Entities and the starts of the columns in which they came back. */
function cameOn(scene: Scene, plan: RetentionPlan, columns: readonly Period[]): string {
  const spans = assign(columns)
  const keys = columns.flatMap((_, i) => spans.keyOf(i) ?? [])
  const starts = columns.flatMap(({ start }, i) => (spans.keyOf(i) === undefined ? [] : [start]))
  const events = stepEvents(scene, plan, plan.to, spans, `'${WHOLE}'`, hull(columns))
  return `SELECT DISTINCT e, transform(w, CAST([${keys}], 'Array(Int64)'), CAST([${starts}], 'Array(Int64)'), toInt64(0)) AS c
    FROM (${events}) WHERE w IN (${keys.length > 0 ? keys : 'NULL'})`
}

/** Entities and the starts of the last period, from the first column on, in which they came back. */
function cameSince(scene: Scene, plan: RetentionPlan, columns: readonly Period[]): string {
  const first = columns.reduce((least, period) => (period.start < least.start ? period : least), columns[0] as Period)
  if (!plan.to.keep) {
    const all = assign([{ start: first.start, end: Number.POSITIVE_INFINITY }])
    const events = stepEvents(scene, plan, plan.to, all, `'${WHOLE}'`, first)
    return `SELECT e, max(at) AS c FROM (${events}) GROUP BY e`
  }
  const later: Period[] = []
  for (let period = first; period.start <= scene.lastSeen && later.length < MOST_PERIODS; ) {
    later.push(period)
    period = shiftPeriod(scene.calendar, scene.grain, period, 1)
  }
  return cameOn(scene, plan, later.length > 0 ? later : [first])
}

/** The events of one end, by those whose thresholds are reached in a span. */
function stepEvents(
  scene: Scene,
  { entity }: RetentionPlan,
  step: StepPlan,
  spans: Assignment,
  label: string,
  span: Span,
): string {
  const { keep, rows, first } = step
  const conditions = [matching(rows), spans.condition]
  const events = selectEvents(
    scene,
    {
      w: spans.key,
      s: label,
      e: entity,
      at: 'time',
      ...(first ? { m: MESSAGE_ID } : {}),
      ...(keep ? { k: keep.by } : {}),
    },
    conditions,
  )
  const tests = [`e != ''`]
  if (keep) {
    const thresholds = thresholdsOf(scene, keep, rows, [span])
    const groups = selectEvents(scene, { w: spans.key, s: label, k: keep.by, ...thresholds.columns }, conditions)
    tests.push(
      `(w, s, k) IN (SELECT w, s, k FROM (${groups}) WHERE k != '' GROUP BY w, s, k HAVING ${thresholds.reached()})`,
    )
  }
  if (first) {
    const ever = selectEvents(scene, { e: entity, m: MESSAGE_ID, rank: `(time, receivedAt, ${MESSAGE_ID})` }, [
      matching(rows),
    ])
    tests.push(`m IN (SELECT argMin(m, rank) FROM (${ever}) WHERE e != '' GROUP BY e)`)
  }
  return `SELECT w, s, e, at FROM (${events}) WHERE ${tests.join(' AND ')}`
}
