import type { Calendar, PeriodState } from '@nsm/schema'
import { type Period, type PeriodGrain, shiftPeriod } from '../calendar/periods.js'
import { milliseconds } from './duration.js'
import type { Plan } from './plan.js'

/**
 * `open` until everything that a period's number needs can have happened (for a conversion its window, for a retention
 * its column), `settling` for the calendar's `allowedLateness` after that, then `final`.
 */
export function stateOf(calendar: Calendar, grain: PeriodGrain, plan: Plan, period: Period, asOf: number): PeriodState {
  const over = overAt(calendar, grain, plan, period)
  if (asOf < over) return 'open'
  return asOf < over + milliseconds(calendar.allowedLateness) ? 'settling' : 'final'
}

/** When (ms) a period's number can have all it needs. */
export function overAt(calendar: Calendar, grain: PeriodGrain, plan: Plan, period: Period): number {
  const later = (plans: readonly Plan[]) =>
    plans.reduce((most, part) => Math.max(most, overAt(calendar, grain, part, period)), period.end)
  switch (plan.kind) {
    case 'ratio':
      return later([plan.numerator, plan.denominator])
    case 'product':
    case 'sum':
      return later(plan.parts.map((part) => part.plan))
    case 'conversion':
      return period.end + plan.within
    case 'retention':
      return shiftPeriod(calendar, grain, period, plan.after).end
    default:
      return period.end
  }
}
