import type { ConversionDefinition, Event } from '@nsm/schema'
import { milliseconds, type Period } from './calendar.js'
import { byEntity, reaches, statistic } from './measure.js'
import { seenBefore } from './rows.js'
import type { Halves, Scope } from './scope.js'
import { stepRows } from './step.js'
import { compareEvents } from './world.js'

/** Entities that did `from` in the period, and those of them that then did `to` in time. */
export function evaluateConversion(scope: Scope, definition: ConversionDefinition, period: Period): Halves {
  const { world } = scope
  const { of, from, to, stat } = definition
  if (!seenBefore(world, from.event, period.end)) return { value: null, numerator: null, denominator: null }

  const within = milliseconds(definition.within)
  const entered = byEntity(world, stepRows(scope, from, of, period), of)
  const goals = byEntity(world, stepRows({ ...scope, inSegment: () => true }, { ...to, having: undefined }, of), of)

  const momentAfter = (start: Event, id: string): Event | undefined => {
    const inTime = (goals.get(id) ?? []).filter(
      (goal) =>
        compareEvents(goal, start) > 0 && goal.messageId !== start.messageId && goal.time <= start.time + within,
    )
    const { having } = to
    return inTime.find((_, i) => !having || reaches(world, inTime.slice(0, i + 1), having))
  }

  const fastest: number[] = []
  for (const [id, starts] of entered) {
    const times = starts.flatMap((start) => {
      const moment = momentAfter(start, id)
      return moment ? [(moment.time - start.time) / 1000] : []
    })
    if (times.length > 0) fastest.push(Math.min(...times))
  }

  const halves = { numerator: fastest.length, denominator: entered.size }
  switch (stat) {
    case 'rate':
      return { value: entered.size === 0 ? null : fastest.length / entered.size, ...halves }
    case 'count':
      return { value: fastest.length, ...halves }
    case 'median_time':
      return { value: statistic(fastest, 'median'), ...halves }
  }
}
