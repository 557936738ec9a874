import { type Interval, windowInterval } from '../plan/interval.js'
import type { MeasurePlan, Rows, Stat } from '../plan/plan.js'
import { type Statement, scanStatement } from './batch.js'
import type { QueryContext } from './context.js'
import { fastRollingUnique } from './fast/rolling-unique.js'
import { type Column, matching, selectEvents } from './fragments/events.js'
import { daysOf, distinctColumn, type Thresholds, thresholdsOf } from './fragments/having.js'
import { labelOf } from './fragments/segment.js'
import { property } from './fragments/value.js'
import { assign } from './intervals.js'
import { byKey } from './table.js'

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
  /** How events of the same intervals are folded into fewer rows, where that is possible. */
  folded?: { column: string; by: string; merged: string }
}

/** Rows → group by (interval, segment, entity) → having → aggregate, as one `SELECT`. */
export function measureStatement(context: QueryContext, plan: MeasurePlan): Statement {
  const intervals = context.slices.map((slice) => windowInterval(context.calendar, slice, plan.window))
  const assignment = assign(intervals)
  const { key, parts, condition, positions } = assignment
  const { aggregate, rows } = plan
  const label = labelOf(context.segment)
  const { also, shown } = label
  const conditions = [matching(rows), condition]
  const base = { period: key, ...label.column }
  const read = byKey(positions)
  const having = plan.having && thresholdsOf(context, plan.having, rows, intervals)

  if (aggregate.of === 'measures') {
    const { per, stat } = aggregate
    const { columns, value } = measureOf(context, rows, intervals, aggregate.measure)
    const number = (values: string) => statistic(stat, values)
    const group = { context, assignment, label, conditions, by: per, value, absent: 'NULL' as const, number }
    if (!having) return scanStatement({ ...group, columns })
    if (having.by.id === per.id && having.by.name === per.name) {
      return scanStatement({ ...group, columns: { ...columns, ...having.columns }, kept: having.reached })
    }
    const from = keptEvents(context, having, { ...base, ...columns, g: per }, conditions)
    const groups = `SELECT period${also}, ${value((alias) => alias)} AS value FROM (${from}) WHERE g != '' GROUP BY period${also}, g`
    return { sql: `SELECT period, ${shown}, ${number('value')} FROM (${groups}) GROUP BY period${also}`, read }
  }

  const { columns, direct, partial, merged, folded } = aggregation(aggregate)
  if (!having && parts && aggregate.of === 'entities') {
    const fast = fastRollingUnique(context, aggregate.entity, intervals, conditions)
    if (fast) return fast
  }
  if (!having && parts && folded) {
    const from = selectEvents(context, { part: parts.part, ...label.column, ...columns }, conditions)
    const fold = `SELECT part${also}${folded.column} FROM (${from}) GROUP BY part${also}${folded.by}`
    return {
      sql: `SELECT period, ${shown}, ${folded.merged} FROM (SELECT *, ${parts.keys} AS period FROM (${fold})) GROUP BY period${also}`,
      read,
    }
  }
  if (!having) {
    const additive = aggregate.of === 'events' || aggregate.of === 'total'
    const numbers = (column: (alias: string) => string) => [direct(column)]
    return scanStatement({ context, assignment, label, conditions, columns, numbers, additive })
  }
  if (aggregate.of === 'entities' && aggregate.entity.id !== having.by.id) {
    const from = keptEvents(context, having, { ...base, ...columns }, conditions)
    return { sql: `SELECT period, ${shown}, ${direct((alias) => alias)} FROM (${from}) GROUP BY period${also}`, read }
  }
  return scanStatement({
    context,
    assignment,
    label,
    conditions,
    columns: { ...columns, ...having.columns },
    by: having.by,
    value: partial,
    kept: having.reached,
    absent: aggregate.of === 'values' ? '[]' : 'NULL',
    number: merged,
  })
}

/** One number per entity: what it needs of every event, and the aggregate. */
function measureOf(
  context: QueryContext,
  rows: Rows,
  intervals: readonly Interval[],
  measure: Measures['measure'],
): { columns: Record<string, Column>; value(column: (alias: string) => string): string } {
  if (measure === 'count') return { columns: {}, value: () => 'toFloat64(count())' }
  if (measure === 'days') {
    const days = daysOf(context, rows, intervals)
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
  context: QueryContext,
  having: Thresholds,
  columns: Record<string, Column> & { period: string },
  conditions: readonly string[],
): string {
  const { column, also } = labelOf(context.segment)
  const groups = selectEvents(
    context,
    { period: columns.period, ...column, grp: having.by, ...having.columns },
    conditions,
  )
  return `SELECT * FROM (${selectEvents(context, { ...columns, grp: having.by }, conditions)})
    WHERE (period${also}, grp) IN (SELECT period${also}, grp FROM (${groups}) WHERE grp != '' GROUP BY period${also}, grp HAVING ${having.reached()})`
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
        columns: { entity: aggregate.entity },
        direct: (column) => `uniqExactIf(${column('entity')}, ${column('entity')} != '')`,
        partial: () => '1',
        merged: (value) => `count(${value})`,
        folded: { column: ', entity', by: ', entity', merged: `uniqExactIf(entity, entity != '')` },
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
