import type { Event } from '@nsm/schema'
import type { Period } from './calendar.js'
import { leavesOf } from './parts.js'
import { readProperty } from './path.js'
import { rowsIn } from './rows.js'
import type { Scope } from './scope.js'

/** How many values the numeric measures of a metric skipped in these periods, by their type. */
export function countIgnored({ world }: Scope, metric: string, periods: readonly Period[]): Record<string, number> {
  const span = { start: periods[0]?.start ?? 0, end: periods.at(-1)?.end ?? 0 }
  const counts: Record<string, number> = {}
  const skip = (events: readonly Event[], property: string) => {
    for (const event of events) {
      const value = readProperty(event, property)
      if (value === undefined || typeof value === 'number') continue
      const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value
      counts[type] = (counts[type] ?? 0) + 1
    }
  }
  for (const leaf of leavesOf(world, metric)) {
    if (leaf.kind === 'sum') skip(rowsIn(world, leaf, span), leaf.property)
    if (leaf.kind === 'average' && leaf.property !== undefined) skip(rowsIn(world, leaf, span), leaf.property)
    if (leaf.kind === 'average' && typeof leaf.measure === 'object' && 'sum' in leaf.measure)
      skip(rowsIn(world, leaf, span), leaf.measure.sum)
    if (leaf.kind === 'stock' && leaf.sum !== undefined) skip(rowsIn(world, leaf, span), leaf.sum)
  }
  return counts
}
