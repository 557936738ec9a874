import type { Event, StockDefinition } from '@nsm/schema'
import { milliseconds, type Period } from './calendar.js'
import { passes } from './match.js'
import { byEntity, numbersOf, total } from './measure.js'
import { rowsIn, seenBefore } from './rows.js'
import { type Halves, NOTHING, type Scope } from './scope.js'

/** The latest event of each entity before the period's end that has not expired. */
export function latestStates({ world }: Scope, definition: StockDefinition, period: Period): Event[] {
  const rows = rowsIn(world, definition, { start: -Infinity, end: period.end })
  const latest = [...byEntity(world, rows, definition.of).values()].map((own) => own[own.length - 1] as Event)
  const { expires } = definition
  if (expires === undefined) return latest
  const instant = Math.min(period.end, world.asOf)
  return latest.filter((event) => event.time + milliseconds(expires) >= instant)
}

/** Entities (or the total of a property) by their latest state. */
export function evaluateStock(scope: Scope, definition: StockDefinition, period: Period): Halves {
  if (!seenBefore(scope.world, definition.event, period.end)) return NOTHING
  const standing = latestStates(scope, definition, period).filter(
    (event) => passes(event, definition.state) && scope.inSegment(event),
  )
  return { value: definition.sum === undefined ? standing.length : total(numbersOf(standing, definition.sum)) }
}
