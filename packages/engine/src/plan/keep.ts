import { dayStarts } from '../calendar/periods.js'
import type { Bounds, Distinct, Entity, Keep, Rows } from './plan.js'
import type { Column } from './rows.js'
import type { Scene, Span } from './scene.js'
import { floorTo, hull } from './spans.js'
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

/** The thresholds of groups, none of which has events of more than one of these spans. */
export function thresholdsOf(scene: Scene, keep: Keep, rows: Rows, spans: readonly Span[]): Thresholds {
  const days = keep.days && daysOf(scene, rows, spans)
  return {
    by: keep.by,
    columns: { ...(days && { keptDay: days.column }), ...valueColumns(keep) },
    reached: (column = (alias) => alias) =>
      [
        bounded('count()', keep.count),
        days ? bounded(days.count(column('keptDay')), keep.days) : '',
        keep.sum ? bounded(`ifNull(sum(${column('keptNumber')}), 0)`, keep.sum) : '',
        keep.unique ? bounded(`uniqExactIf(${column('keptValue')}, ${column('keptValue')} != '')`, keep.unique) : '',
      ]
        .filter((test) => test !== '')
        .join(' AND '),
  }
}

/** What thresholds are measured on, for lists of events: of the same day is what has the same `keptDay`. */
export function keepColumns(scene: Scene, keep: Keep, rows: Rows, span: Span): Record<string, Column> {
  return { ...(keep.days && { keptDay: localDay(scene, rows, span) }), ...valueColumns(keep) }
}

function valueColumns(keep: Keep): Record<string, Column> {
  return {
    ...(keep.sum && { keptNumber: property(keep.sum.property).number }),
    ...(keep.unique && { keptValue: distinctColumn(keep.unique.of) }),
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

/** Neighbouring days that a number can hold as bits. */
const DAYS = 64
const DAY = 86_400_000
/** Days farther back than this many cannot be told apart by their local boundaries in one literal. */
const MOST_DAYS = 40_000

/** Counts the local days of events, none of which are of more than one of these spans. */
export function daysOf(scene: Scene, rows: Rows, spans: readonly Span[]): Days {
  const { start, end } = hull(spans)
  // A span begins and ends within a day.
  const short = spans.every((span) => span.end - span.start < (DAYS - 2) * DAY)
  if (!short || start >= end || end - start > MOST_DAYS * DAY) {
    return { column: localDay(scene, rows, { start, end }), count: (day) => `uniqExact(${day})` }
  }
  // Bits cost half of what a set of days does; a bit stands for every 64th day.
  const starts = dayStarts(scene.calendar, start, end)
  const bits = starts.map((_, i) => 1n << BigInt(i % DAYS))
  return {
    column: `transform(${floorTo(starts)}, CAST([${starts}], 'Array(Int64)'), CAST([${bits}], 'Array(UInt64)'), toUInt64(0))`,
    count: (bit) => `bitCount(groupBitOr(${bit}))`,
  }
}

/** A column with the start of the local day of an event. */
function localDay(scene: Scene, rows: Rows, span: Span): string {
  const end = Math.min(span.end, scene.lastSeen + 1)
  const start = Math.max(span.start, scene.firstSeen(rows) ?? end, end - MOST_DAYS * DAY)
  // Nothing was seen yet, and the span of `all` has no start of its own.
  if (!(start < end)) return 'toInt64(0)'
  const starts = dayStarts(scene.calendar, start, end)
  return starts.length === 0 ? 'toInt64(0)' : `if(time < ${starts[0]}, intDiv(time, ${DAY}), ${floorTo(starts)})`
}
