import { bitsOf, countEach, entityBits } from './bits.js'
import { distinctColumn, keepColumns, localDay, reached } from './keep.js'
import { passQuestion } from './pass.js'
import type { MeasurePlan, Stat } from './plan.js'
import { type Column, matching, selectEvents } from './rows.js'
import type { Scene, Span } from './scene.js'
import { labelOf } from './segment.js'
import { assign, hull, windowSpan } from './spans.js'
import { byKey, type Question } from './table.js'
import { property } from './value.js'

/** How rows or groups become the one number. */
interface Aggregation {
  /** What it needs of every event. */
  columns: Record<string, Column>
  /** Over events; `column` names a column. */
  direct(column: (alias: string) => string): string
  /** Inside a group, and over groups; where the number can be made of groups. */
  partial: string
  merged: string
  /** How events of the same spans are folded into fewer rows, where that is possible. */
  folded?: { column: string; by: string; merged: string }
}

/** Rows → group by (span, segment, entity) → keep → aggregate, as one `SELECT`. */
export function measureQuestion(scene: Scene, plan: MeasurePlan): Question {
  const spans = scene.slices.map((slice) => windowSpan(scene, slice, plan.window))
  const { key, parts, condition, positions } = assign(spans)
  const span = hull(spans)
  const { aggregate, keep, rows } = plan
  const label = labelOf(scene.segment)
  const { also, shown } = label
  const conditions = [matching(rows), condition]
  const base = { w: key, ...label.column }
  const read = byKey(positions)

  if (aggregate.of === 'measures') {
    const { per, measure, stat } = aggregate
    const columns: Record<string, Column> = { ...base, g: per }
    if (measure === 'days') columns.d = localDay(scene, rows, span)
    else if (typeof measure === 'object' && 'sum' in measure) columns.v = property(measure.sum).number
    else if (typeof measure === 'object') columns.v = distinctColumn(measure.unique)
    const made =
      measure === 'count'
        ? 'count()'
        : measure === 'days'
          ? 'uniqExact(d)'
          : 'sum' in measure
            ? 'ifNull(sum(v), 0)'
            : `uniqExactIf(v, v != '')`
    const same = keep && keep.by.id === per.id && keep.by.name === per.name
    const from = kept(scene, plan, columns, conditions, span, same === true)
    const groups = `SELECT w${also}, toFloat64(${made}) AS m FROM (${from}) WHERE g != '' GROUP BY w${also}, g ${same ? `HAVING ${reached(keep)}` : ''}`
    return { sql: `SELECT w, ${shown}, ${statistic(stat, 'm')} FROM (${groups}) GROUP BY w${also}`, read }
  }

  const { columns, direct, partial, merged, folded } = aggregation(aggregate)
  const bits = !keep && parts && aggregate.of === 'entities' ? bitsOf(spans) : undefined
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
    return passQuestion({ scene, key, label, conditions, columns, numbers: (column) => [direct(column)] }, positions)
  }
  const single = aggregate.of !== 'entities' || aggregate.entity.id === keep.by.id
  if (!single) {
    const from = kept(scene, plan, { ...base, ...columns }, conditions, span, false)
    return { sql: `SELECT w, ${shown}, ${direct((alias) => alias)} FROM (${from}) GROUP BY w${also}`, read }
  }
  const from = selectEvents(
    scene,
    { ...base, ...columns, g: keep.by, ...keepColumns(scene, keep, rows, span) },
    conditions,
  )
  const groups = `SELECT w${also}, ${partial} AS p FROM (${from}) WHERE g != '' GROUP BY w${also}, g HAVING ${reached(keep)}`
  return { sql: `SELECT w, ${shown}, ${merged} FROM (${groups}) GROUP BY w${also}`, read }
}

/** Events of the groups that are kept, where those are not the groups that are measured. */
function kept(
  scene: Scene,
  { keep, rows }: MeasurePlan,
  columns: Record<string, Column>,
  conditions: readonly string[],
  span: Span,
  same: boolean,
): string {
  if (!keep) return selectEvents(scene, columns, conditions)
  const thresholds = keepColumns(scene, keep, rows, span)
  if (same) return selectEvents(scene, { ...columns, ...thresholds }, conditions)
  const { column, also } = labelOf(scene.segment)
  const { w } = columns as { w: string }
  const groups = selectEvents(scene, { w, ...column, k: keep.by, ...thresholds }, conditions)
  return `SELECT * FROM (${selectEvents(scene, { ...columns, k: keep.by }, conditions)})
    WHERE (w${also}, k) IN (SELECT w${also}, k FROM (${groups}) WHERE k != '' GROUP BY w${also}, k HAVING ${reached(keep)})`
}

function aggregation(aggregate: Exclude<MeasurePlan['aggregate'], { of: 'measures' }>): Aggregation {
  switch (aggregate.of) {
    case 'events':
      return {
        columns: {},
        direct: () => 'count()',
        partial: 'count()',
        merged: 'sum(p)',
        folded: { column: ', count() AS p', by: '', merged: 'sum(p)' },
      }
    case 'total':
      return {
        columns: { v: property(aggregate.property).number },
        direct: (column) => `ifNull(sum(${column('v')}), 0)`,
        partial: 'ifNull(sum(v), 0)',
        merged: 'sum(p)',
        folded: { column: ', ifNull(sum(v), 0) AS p', by: '', merged: 'sum(p)' },
      }
    case 'entities':
      return {
        columns: { e: aggregate.entity },
        direct: (column) => `uniqExactIf(${column('e')}, ${column('e')} != '')`,
        partial: '1',
        merged: 'count()',
        folded: { column: ', e', by: ', e', merged: `uniqExactIf(e, e != '')` },
      }
    case 'values':
      return {
        columns: { v: property(aggregate.property).number },
        direct: (column) => statistic(aggregate.stat, column('v')),
        partial: 'groupArray(v)',
        merged: statistic(aggregate.stat, 'p', true),
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
