import { type Event, type Having, isEntity, type Threshold } from '@nsm/schema'
import { dayOf } from './calendar.js'
import { readProperty } from './path.js'
import type { World } from './world.js'

/** The finite numbers a property has in these events; everything else is skipped. */
export function numbersOf(events: readonly Event[], property: string): number[] {
  return events.map((event) => readProperty(event, property)).filter((value) => typeof value === 'number')
}

export function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0)
}

export function countDays(world: World, events: readonly Event[]): number {
  return new Set(events.map((event) => dayOf(world.tree.calendar.timezone, event.time))).size
}

/** How many different ids of an entity, or else values of a property. `null` and nothing are no values. */
export function countDistinct(world: World, events: readonly Event[], name: string): number {
  const seen = new Set<string>()
  for (const event of events) {
    const value = isEntity(world.tree, name) ? world.idOf(name, event) : readProperty(event, name)
    if (value !== undefined && value !== null) seen.add(JSON.stringify(value))
  }
  return seen.size
}

/** Whether what one entity did reaches the thresholds. */
export function reaches(world: World, events: readonly Event[], having: Having): boolean {
  const { count, days, sum, unique } = having
  return (
    within(count, () => events.length) &&
    within(days, () => countDays(world, events)) &&
    within(sum, () => total(numbersOf(events, sum?.property ?? ''))) &&
    within(unique, () => countDistinct(world, events, unique?.property ?? ''))
  )
}

function within(threshold: Threshold | undefined, measure: () => number): boolean {
  if (!threshold) return true
  const number = measure()
  return number >= (threshold.gte ?? -Infinity) && number < (threshold.lt ?? Infinity)
}

/** Mean, median, min, max, or a percentile interpolated between the closest ranks (inclusive). `null` of nothing. */
export function statistic(numbers: readonly number[], stat: string): number | null {
  if (numbers.length === 0) return null
  const sorted = [...numbers].sort((a, b) => a - b)
  if (stat === 'mean') return total(sorted) / sorted.length
  const percent = stat === 'median' ? 50 : stat === 'min' ? 0 : stat === 'max' ? 100 : Number(stat.slice(1))
  const rank = (percent / 100) * (sorted.length - 1)
  const below = sorted[Math.floor(rank)] as number
  const above = sorted[Math.ceil(rank)] as number
  return below + (above - below) * (rank - Math.floor(rank))
}

/** Events by the id of an entity; those without one are left out. */
export function byEntity(world: World, events: readonly Event[], entity: string): Map<string, Event[]> {
  const groups = new Map<string, Event[]>()
  for (const event of events) {
    const id = world.idOf(entity, event)
    if (id === null) continue
    const group = groups.get(id)
    if (group) group.push(event)
    else groups.set(id, [event])
  }
  return groups
}
