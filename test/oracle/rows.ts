import type { Event, EventNames, Having, Where } from '@nsm/schema'
import { addDays, dayOf, type Period, startOfDay } from './calendar.js'
import { isNamed, passes } from './match.js'
import { byEntity, reaches } from './measure.js'
import type { World } from './world.js'

export interface RowSelection {
  event: EventNames
  where?: Where | undefined
  having?: Having | undefined
  window?: string | undefined
}

/** A half-open interval of instants. */
export interface Span {
  start: number
  end: number
}

export const EVER: Span = { start: -Infinity, end: Infinity }

/** The instants a metric looks at for a period. */
export function windowOf(world: World, period: Period, window: string | undefined): Span {
  if (window === undefined || window === 'to-date') return period
  if (window === 'all') return { start: -Infinity, end: period.end }
  const days = Number(window.slice(0, -1))
  const { timezone } = world.tree.calendar
  // The last day that was: Apia had no 30 December 2011, the last date of a week.
  const whole = startOfDay(timezone, addDays(period.lastDay, 1))
  const last = whole > period.start ? dayOf(timezone, whole - 1) : period.lastDay
  return { start: startOfDay(timezone, addDays(last, 1 - days)), end: period.end }
}

/** Events by name, time and filter; excluded ones never. */
export function rowsIn(world: World, { event: names, where }: RowSelection, span: Span): Event[] {
  const { exclude } = world.tree
  return world.events.filter(
    (event) =>
      event.time >= span.start &&
      event.time < span.end &&
      isNamed(event, names) &&
      passes(event, where) &&
      !(exclude && passes(event, exclude)),
  )
}

/** The events of those entities that reach the thresholds with them. */
export function keepReaching(world: World, events: Event[], having: Having | undefined, entity?: string): Event[] {
  if (!having) return events
  const groups = byEntity(world, events, having.by ?? (entity as string))
  const kept = new Set([...groups.values()].filter((group) => reaches(world, group, having)).flat())
  return events.filter((event) => kept.has(event))
}

/** Whether any event of these names was ever seen before an instant: from then on nothing is 0, before it is null. */
export function seenBefore(world: World, names: EventNames, instant: number): boolean {
  return world.events.some((event) => event.time < instant && isNamed(event, names))
}
