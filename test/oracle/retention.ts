import type { RetentionDefinition } from '@nsm/schema'
import { neighbor, type Period } from './calendar.js'
import { byEntity } from './measure.js'
import { seenBefore } from './rows.js'
import type { Halves, Scope } from './scope.js'
import { stepRows } from './step.js'

/** The period n after another. */
export function periodAfter({ world, grain }: Scope, period: Period, n: number): Period {
  let at = period
  for (let i = 0; i < n; i++) at = neighbor(world.tree.calendar, grain, at, 1)
  return at
}

/** Of the entities that did `from` in the period, the share that did `to` in the period `after` later (or in any from it on). */
export function evaluateRetention(scope: Scope, definition: RetentionDefinition, period: Period): Halves {
  const { world, grain } = scope
  const { of, from, to, after, mode } = definition
  if (!seenBefore(world, from.event, period.end)) return { value: null, numerator: null, denominator: null }

  const cohort = new Set(byEntity(world, stepRows(scope, from, of, period), of).keys())
  const column = periodAfter(scope, period, after)
  if ((column.over ?? column.end) > world.asOf) return { value: null, numerator: null, denominator: cohort.size }

  const everybody = { ...scope, inSegment: () => true }
  const back = new Set<string>()
  const last = mode === 'on' ? column.start : (world.events.at(-1)?.time ?? -Infinity)
  let at = column
  do {
    for (const id of byEntity(world, stepRows(everybody, to, of, at), of).keys()) back.add(id)
    at = neighbor(world.tree.calendar, grain, at, 1)
  } while (mode === 'on_or_after' && at.start <= last)

  const numerator = [...cohort].filter((id) => back.has(id)).length
  return { value: cohort.size === 0 ? null : numerator / cohort.size, numerator, denominator: cohort.size }
}
