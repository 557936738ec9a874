import { bitsOf, countEach, entityBits, isCheaper } from './bits.js'
import { daysOf, distinctColumn, type Thresholds, thresholdsOf } from './keep.js'
import { passQuestion } from './pass.js'
import type { MeasurePlan, Rows, Stat } from './plan.js'
import { type Column, matching, selectEvents } from './rows.js'
import type { Scene, Span } from './scene.js'
import { labelOf } from './segment.js'
import { assign, windowSpan } from './spans.js'
import { byKey, type Question } from './table.js'
import { property } from './value.js'

type Measures = Extract<MeasurePlan['aggregate'], { of: 'measures' }>

/** How rows or groups become the one number. */
interface Aggregation {
  /** What it needs of every event. */
  columns: Record<string, Column>
  /** Over events; `column` names a column. */
  direct(column: (alias: string) => string): string
  /** Inside a group, and over the groups' values. */
  partial(column: (alias: string) => string): string
  merged(value: string): string
  /** How events of the same spans are folded into fewer rows, where that is possible. */
  folded?: { column: string; by: string; merged: string }
}

/** Rows → group by (span, segment, entity) → keep → aggregate, as one `SELECT`. */
export function measureQuestion(scene: Scene, plan: MeasurePlan): Question {
  const spans = scene.slices.map((slice) => windowSpan(scene, slice, plan.window))
  const assignment = assign(spans)
  const { key, parts, condition, positions } = assignment
  const { aggregate, rows } = plan
  const label = labelOf(scene.segment)
  const { also, shown } = label
  const conditions = [matching(rows), condition]
  const base = { w: key, ...label.column }
  const read = byKey(positions)
  const keep = plan.keep && thresholdsOf(scene, plan.keep, rows, spans)

  if (aggregate.of === 'measures') {
    const { per, stat } = aggregate
    const { columns, value } = measureOf(scene, rows, spans, aggregate.measure)
    const number = (values: string) => statistic(stat, values)
    const group = { scene, assignment, label, conditions, by: per, value, absent: 'NULL' as const, number }
    if (!keep) return passQuestion({ ...group, columns })
    if (keep.by.id === per.id && keep.by.name === per.name) {
      return passQuestion({ ...group, columns: { ...columns, ...keep.columns }, kept: keep.reached })
    }
    const from = keptEvents(scene, keep, { ...base, ...columns, g: per }, conditions)
    const groups = `SELECT w${also}, ${value((alias) => alias)} AS m FROM (${from}) WHERE g != '' GROUP BY w${also}, g`
    return { sql: `SELECT w, ${shown}, ${number('m')} FROM (${groups}) GROUP BY w${also}`, read }
  }

  const { columns, direct, partial, merged, folded } = aggregation(aggregate)
  const bits =
    !keep && aggregate.of === 'entities' && (parts || isCheaper(scene, aggregate.entity, spans))
      ? bitsOf(spans)
      : undefined
  if (bits && aggregate.of === 'entities') {
    const entities = entityBits(scene, aggregate.entity, { m: { bits } }, conditions)
    return countEach(entities, [spans.map((_, i) => bits.anyOf('m', [i]))])
  }
  if (!keep && parts && folded) {
    const from = selectEvents(scene, { part: parts.part, ...label.column, ...columns }, conditions)
    const fold = `SELECT part${also}${folded.column} FROM (${from}) GROUP BY part${also}${folded.by}`
    return {
      sql: `SELECT w, ${shown}, ${folded.merged} FROM (SELECT *, ${parts.keys} AS w FROM (${fold})) GROUP BY w${also}`,
      read,
    }
  }
  if (!keep) {
    const additive = aggregate.of === 'events' || aggregate.of === 'total'
    const numbers = (column: (alias: string) => string) => [direct(column)]
    return passQuestion({ scene, assignment, label, conditions, columns, numbers, additive })
  }
  if (aggregate.of === 'entities' && aggregate.entity.id !== keep.by.id) {
    const from = keptEvents(scene, keep, { ...base, ...columns }, conditions)
    return { sql: `SELECT w, ${shown}, ${direct((alias) => alias)} FROM (${from}) GROUP BY w${also}`, read }
  }
  return passQuestion({
    scene,
    assignment,
    label,
    conditions,
    columns: { ...columns, ...keep.columns },
    by: keep.by,
    value: partial,
    kept: keep.reached,
    absent: aggregate.of === 'values' ? '[]' : 'NULL',
    number: merged,
  })
}

/** One number an entity: what it needs of every event, and the aggregate. */
function measureOf(
  scene: Scene,
  rows: Rows,
  spans: readonly Span[],
  measure: Measures['measure'],
): { columns: Record<string, Column>; value(column: (alias: string) => string): string } {
  if (measure === 'count') return { columns: {}, value: () => 'toFloat64(count())' }
  if (measure === 'days') {
    const days = daysOf(scene, rows, spans)
    return { columns: { d: days.column }, value: (column) => `toFloat64(${days.count(column('d'))})` }
  }
  if ('sum' in measure) {
    const columns = { v: property(measure.sum).number }
    return { columns, value: (column) => `toFloat64(ifNull(sum(${column('v')}), 0))` }
  }
  const columns = { v: distinctColumn(measure.unique) }
  return { columns, value: (column) => `toFloat64(uniqExactIf(${column('v')}, ${column('v')} != ''))` }
}

/** Events of the groups that are kept, where those are not the groups that are measured. */
function keptEvents(
  scene: Scene,
  keep: Thresholds,
  columns: Record<string, Column> & { w: string },
  conditions: readonly string[],
): string {
  const { column, also } = labelOf(scene.segment)
  const groups = selectEvents(scene, { w: columns.w, ...column, k: keep.by, ...keep.columns }, conditions)
  return `SELECT * FROM (${selectEvents(scene, { ...columns, k: keep.by }, conditions)})
    WHERE (w${also}, k) IN (SELECT w${also}, k FROM (${groups}) WHERE k != '' GROUP BY w${also}, k HAVING ${keep.reached()})`
}

function aggregation(aggregate: Exclude<MeasurePlan['aggregate'], { of: 'measures' }>): Aggregation {
  switch (aggregate.of) {
    case 'events':
      return {
        columns: {},
        direct: () => 'count()',
        partial: () => 'count()',
        merged: (value) => `sum(${value})`,
        folded: { column: ', count() AS p', by: '', merged: 'sum(p)' },
      }
    case 'total':
      return {
        columns: { v: property(aggregate.property).number },
        direct: (column) => `ifNull(sum(${column('v')}), 0)`,
        partial: (column) => `ifNull(sum(${column('v')}), 0)`,
        merged: (value) => `sum(${value})`,
        folded: { column: ', ifNull(sum(v), 0) AS p', by: '', merged: 'sum(p)' },
      }
    case 'entities':
      return {
        columns: { e: aggregate.entity },
        direct: (column) => `uniqExactIf(${column('e')}, ${column('e')} != '')`,
        partial: () => '1',
        merged: (value) => `count(${value})`,
        folded: { column: ', e', by: ', e', merged: `uniqExactIf(e, e != '')` },
      }
    case 'values':
      return {
        columns: { v: property(aggregate.property).number },
        direct: (column) => statistic(aggregate.stat, column('v')),
        partial: (column) => `groupArray(${column('v')})`,
        merged: (value) => statistic(aggregate.stat, value, true),
      }
  }
}

/** A statistic of a column's numbers, or of arrays of them; NULL of none. */
function statistic(stat: Stat, column: string, arrays = false): string {
  if (arrays) {
    const none = `sum(length(${column})) = 0`
    return stat === 'mean'
      ? `if(${none}, NULL, sum(arraySum(${column})) / sum(length(${column})))`
      : `if(${none}, NULL, quantileExactInclusiveArray(${stat})(${column}))`
  }
  return stat === 'mean'
    ? `if(count(${column}) = 0, NULL, sum(${column}) / count(${column}))`
    : `if(count(${column}) = 0, NULL, quantileExactInclusive(${stat})(${column}))`
}
