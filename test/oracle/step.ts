import type { Event, Step } from '@nsm/schema'
import { byEntity } from './measure.js'
import { EVER, keepReaching, rowsIn, type Span } from './rows.js'
import type { Scope } from './scope.js'

/** The events of one end of a conversion or retention, of those entities that reach its thresholds inside the span. */
export function stepRows({ world, inSegment }: Scope, step: Step, of: string, span: Span = EVER): Event[] {
  const inSpan = keepReaching(world, rowsIn(world, step, span).filter(inSegment), step.having, of)
  if (!step.first) return inSpan
  const firsts = new Set([...byEntity(world, rowsIn(world, step, EVER), of).values()].map((events) => events[0]))
  return inSpan.filter((event) => firsts.has(event))
}
