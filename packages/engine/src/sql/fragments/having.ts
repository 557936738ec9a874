import { dayStarts } from '../../calendar/periods.js'
import { hull, type Interval } from '../../plan/interval.js'
import type { Bounds, Distinct, Entity, HavingPlan, Rows } from '../../plan/plan.js'
import type { QueryContext } from '../context.js'
import { floorTo } from '../intervals.js'
import type { Column } from './events.js'
import { identity, literal, property } from './value.js'

/** Thresholds that a group of events has to reach. */
export interface Thresholds {
  /** Whose events are a group. */
  by: Entity
  /** What they are measured on. */
  columns: Record<string, Column>
  /** Whether all are reached, as a condition on aggregates; `column` names the columns. */
  reached(column?: (alias: string) => string): string
}

/** The thresholds of groups, none of which has events of more than one of these intervals. */
export function thresholdsOf(
  context: QueryContext,
  having: HavingPlan,
  rows: Rows,
  intervals: readonly Interval[],
): Thresholds {
  const days = having.days && daysOf(context, rows, intervals)
  return {
    by: having.by,
    columns: { ...(days && { keptDay: days.column }), ...valueColumns(having) },
    reached: (column = (alias) => alias) =>
      [
        bounded('count()', having.count),
        days ? bounded(days.count(column('keptDay')), having.days) : '',
        having.sum ? bounded(`ifNull(sum(${column('keptNumber')}), 0)`, having.sum) : '',
        having.unique
          ? bounded(`uniqExactIf(${column('keptValue')}, ${column('keptValue')} != '')`, having.unique)
          : '',
      ]
        .filter((test) => test !== '')
        .join(' AND '),
  }
}

/** What thresholds are measured on, for lists of events: of the same day is what has the same `keptDay`. */
export function havingColumns(
  context: QueryContext,
  having: HavingPlan,
  rows: Rows,
  interval: Interval,
): Record<string, Column> {
  return { ...(having.days && { keptDay: localDay(context, rows, interval) }), ...valueColumns(having) }
}

function valueColumns(having: HavingPlan): Record<string, Column> {
  return {
    ...(having.sum && { keptNumber: property(having.sum.property).number }),
    ...(having.unique && { keptValue: distinctColumn(having.unique.of) }),
  }
}

export function bounded(sql: string, bounds: Bounds | undefined): string {
  if (!bounds) return ''
  return [
    ...(bounds.gte === undefined ? [] : [`${sql} >= ${literal(bounds.gte)}`]),
    ...(bounds.lt === undefined ? [] : [`${sql} < ${literal(bounds.lt)}`]),
  ].join(' AND ')
}

/** A column that tells apart ids of an entity, or values of a property; `''` where there is none. */
export function distinctColumn(of: Distinct): Column {
  return 'entity' in of ? of.entity : identity(property(of.property))
}

/** How the local days of events are counted. */
export interface Days {
  column: string
  /** The aggregate, of the column by its name. */
  count(column: string): string
}

/** Neighboring days that a number can hold as bits. */
const DAYS = 64
const DAY = 86_400_000
/** Days farther back than this many cannot be told apart by their local boundaries in one literal. */
const MOST_DAYS = 40_000

/** Counts the local days of events, none of which are of more than one of these intervals. */
export function daysOf(context: QueryContext, rows: Rows, intervals: readonly Interval[]): Days {
  const { start, end } = hull(intervals)
  // A interval begins and ends within a day.
  const short = intervals.every((interval) => interval.end - interval.start < (DAYS - 2) * DAY)
  if (!short || start >= end || end - start > MOST_DAYS * DAY) {
    return { column: localDay(context, rows, { start, end }), count: (day) => `uniqExact(${day})` }
  }
  // ActivityBitmap cost half of what a set of days does; a bit stands for every 64th day.
  const starts = dayStarts(context.calendar, start, end)
  const bits = starts.map((_, i) => 1n << BigInt(i % DAYS))
  return {
    column: `transform(${floorTo(starts)}, CAST([${starts}], 'Array(Int64)'), CAST([${bits}], 'Array(UInt64)'), toUInt64(0))`,
    count: (bit) => `bitCount(groupBitOr(${bit}))`,
  }
}

/** A column with the start of the local day of an event. */
function localDay(context: QueryContext, rows: Rows, interval: Interval): string {
  const end = Math.min(interval.end, context.lastSeen + 1)
  const start = Math.max(interval.start, context.firstSeen(rows) ?? end, end - MOST_DAYS * DAY)
  // Nothing was seen yet, and the interval of `all` has no start of its own.
  if (!(start < end)) return 'toInt64(0)'
  const starts = dayStarts(context.calendar, start, end)
  return starts.length === 0 ? 'toInt64(0)' : `if(time < ${starts[0]}, intDiv(time, ${DAY}), ${floorTo(starts)})`
}
