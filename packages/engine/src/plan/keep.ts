import { dayStarts } from '../calendar/periods.js'
import type { Bounds, Distinct, Keep, Rows } from './plan.js'
import type { Column } from './rows.js'
import type { Scene, Span } from './scene.js'
import { floorTo } from './spans.js'
import { identity, literal, property } from './value.js'

/** The columns that thresholds are measured on. */
export function keepColumns(scene: Scene, keep: Keep, rows: Rows, span: Span): Record<string, Column> {
  return {
    ...(keep.days && { keptDay: localDay(scene, rows, span) }),
    ...(keep.sum && { keptNumber: property(keep.sum.property).number }),
    ...(keep.unique && { keptValue: distinctColumn(keep.unique.of) }),
  }
}

/** The condition that a group's thresholds are all reached; `column` names the columns of {@link keepColumns}. */
export function reached(keep: Keep, column = (alias: string) => alias): string {
  return [
    bounded('count()', keep.count),
    keep.days ? bounded(`uniqExact(${column('keptDay')})`, keep.days) : '',
    keep.sum ? bounded(`ifNull(sum(${column('keptNumber')}), 0)`, keep.sum) : '',
    keep.unique ? bounded(`uniqExactIf(${column('keptValue')}, ${column('keptValue')} != '')`, keep.unique) : '',
  ]
    .filter((test) => test !== '')
    .join(' AND ')
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

/** Days farther back than this many cannot be told apart by their local boundaries in one literal. */
const MOST_DAYS = 40_000

/** A column with the start of the local day of an event. */
export function localDay(scene: Scene, rows: Rows, span: Span): string {
  const end = Math.min(span.end, scene.lastSeen + 1)
  const start = Math.max(span.start, scene.firstSeen(rows) ?? end, end - MOST_DAYS * 86_400_000)
  // Nothing was seen yet, and the span of `all` has no start of its own.
  if (!(start < end)) return 'toInt64(0)'
  const starts = dayStarts(scene.calendar, start, end)
  return starts.length === 0 ? 'toInt64(0)' : `if(time < ${starts[0]}, intDiv(time, 86400000), ${floorTo(starts)})`
}
