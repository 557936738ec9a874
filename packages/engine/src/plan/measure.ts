import { bitsOf, countEach, entityBits } from './bits.js'
import { distinctColumn, keepColumns, localDay, reached } from './keep.js'
import { passQuestion } from './pass.js'
import type { Keep, MeasurePlan, Stat } from './plan.js'
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
  /** Inside a group, and over the groups' values. */
  partial(column: (alias: string) => string): string
  merged(value: string): string
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
    const columns: Record<string, Column> =
      measure === 'count'
        ? {}
        : measure === 'days'
          ? { d: localDay(scene, rows, span) }
          : { v: 'sum' in measure ? property(measure.sum).number : distinctColumn(measure.unique) }
    const value = (column: (alias: string) => string) =>
      measure === 'count'
        ? 'toFloat64(count())'
        : measure === 'days'
          ? `toFloat64(uniqExact(${column('d')}))`
          : 'sum' in measure
            ? `toFloat64(ifNull(sum(${column('v')}), 0))`
            : `toFloat64(uniqExactIf(${column('v')}, ${column('v')} != ''))`
    const number = (values: string) => statistic(stat, values)
    const group = { scene, key, label, conditions, by: per, value, absent: 'NULL' as const, number }
    if (!keep) return passQuestion({ ...group, columns }, positions)
    if (keep.by.id === per.id && keep.by.name === per.name) {
      const thresholds = keepColumns(scene, keep, rows, span)
      const kept = (column: (alias: string) => string) => reached(keep, column)
      return passQuestion({ ...group, columns: { ...columns, ...thresholds }, kept }, positions)
    }
    const from = keptEvents(scene, plan, keep, { ...base, ...columns, g: per }, conditions, span)
    const groups = `SELECT w${also}, ${value((alias) => alias)} AS m FROM (${from}) WHERE g != '' GROUP BY w${also}, g`
    return { sql: `SELECT w, ${shown}, ${number('m')} FROM (${groups}) GROUP BY w${also}`, read }
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
    const additive = aggregate.of === 'events' || aggregate.of === 'total'
    const numbers = (column: (alias: string) => string) => [direct(column)]
    return passQuestion({ scene, key, label, conditions, columns, numbers, additive }, positions)
  }
  if (aggregate.of === 'entities' && aggregate.entity.id !== keep.by.id) {
    const from = keptEvents(scene, plan, keep, { ...base, ...columns }, conditions, span)
    return { sql: `SELECT w, ${shown}, ${direct((alias) => alias)} FROM (${from}) GROUP BY w${also}`, read }
  }
  return passQuestion(
    {
      scene,
      key,
      label,
      conditions,
      columns: { ...columns, ...keepColumns(scene, keep, rows, span) },
      by: keep.by,
      value: partial,
      kept: (column) => reached(keep, column),
      absent: aggregate.of === 'values' ? '[]' : 'NULL',
      number: merged,
    },
    positions,
  )
}

/** Events of the groups that are kept, where those are not the groups that are measured. */
function keptEvents(
  scene: Scene,
  { rows }: MeasurePlan,
  keep: Keep,
  columns: Record<string, Column> & { w: string },
  conditions: readonly string[],
  span: Span,
): string {
  const { column, also } = labelOf(scene.segment)
  const thresholds = keepColumns(scene, keep, rows, span)
  const groups = selectEvents(scene, { w: columns.w, ...column, k: keep.by, ...thresholds }, conditions)
  return `SELECT * FROM (${selectEvents(scene, { ...columns, k: keep.by }, conditions)})
    WHERE (w${also}, k) IN (SELECT w${also}, k FROM (${groups}) WHERE k != '' GROUP BY w${also}, k HAVING ${reached(keep)})`
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
