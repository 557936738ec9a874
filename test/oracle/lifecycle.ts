import type { UniqueDefinition } from '@nsm/schema'
import { neighbor, type Period } from './calendar.js'
import { byEntity } from './measure.js'
import { keepReaching, rowsIn, windowOf } from './rows.js'
import type { Halves, Scope } from './scope.js'

/** How many entities are new, returning, resurrected or dormant in a period, by when else they were active. */
export function evaluateLifecycle(
  scope: Scope,
  definition: UniqueDefinition,
  lifecycle: NonNullable<UniqueDefinition['lifecycle']>,
  period: Period,
): Halves {
  const { world, grain } = scope
  const active = (at: Period): Set<string> => {
    const rows = rowsIn(world, definition, windowOf(world, at, definition.window)).filter(scope.inSegment)
    return new Set(byEntity(world, keepReaching(world, rows, definition.having, definition.of), definition.of).keys())
  }
  const before = (of: Period) => neighbor(world.tree.calendar, grain, of, -1)

  const now = active(period)
  const previous = active(before(period))
  const earlier = new Set<string>()
  const beginning = world.events[0]?.time ?? Infinity
  for (let at = before(period); at.end > beginning; at = before(at)) for (const id of active(at)) earlier.add(id)

  switch (lifecycle) {
    case 'new':
      return { value: [...now].filter((id) => !earlier.has(id)).length }
    case 'returning':
      return { value: [...now].filter((id) => previous.has(id)).length }
    case 'resurrected':
      return { value: [...now].filter((id) => earlier.has(id) && !previous.has(id)).length }
    case 'dormant':
      return { value: [...previous].filter((id) => !now.has(id)).length }
  }
}
