import type { Event, Segment } from '@nsm/schema'
import type { Period } from './calendar.js'
import { leavesOf } from './parts.js'
import { readProperty } from './path.js'
import { rowsIn, windowOf } from './rows.js'
import type { Scope } from './scope.js'
import { latestStates } from './stock.js'

const NO_VALUE = '(none)'

/** The segment value of an event, as text. */
export function segmentValue(event: Event, { property, buckets }: Segment): string {
  const value = readProperty(event, property)
  if (value === undefined || value === null) return NO_VALUE
  if (!buckets) return typeof value === 'object' ? JSON.stringify(value) : String(value)
  if (typeof value !== 'number') return NO_VALUE
  const above = buckets.filter((bound) => value >= bound).length
  if (above === 0) return `<${buckets[0]}`
  return above === buckets.length ? `${buckets[above - 1]}+` : `${buckets[above - 1]}-${buckets[above]}`
}

/** The values that occur among the events a metric looks at in these periods. */
export function segmentValues(scope: Scope, metric: string, periods: readonly Period[], segment: Segment): string[] {
  const { world } = scope
  const found = new Set<string>()
  for (const leaf of leavesOf(world, metric)) {
    for (const period of periods) {
      const events =
        leaf.kind === 'stock'
          ? latestStates(scope, leaf, period)
          : leaf.kind === 'conversion' || leaf.kind === 'retention'
            ? rowsIn(world, leaf.from, period)
            : rowsIn(world, leaf, windowOf(world, period, leaf.window))
      for (const event of events) found.add(segmentValue(event, segment))
    }
  }
  return [...found].sort()
}
