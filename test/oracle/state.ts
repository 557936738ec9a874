import { type Definition, formulaIds, type PeriodState } from '@nsm/schema'
import { milliseconds, type Period } from './calendar.js'
import { periodAfter } from './retention.js'
import type { Scope } from './scope.js'

/** `open` until all that a period's number needs can have happened, `settling` for the calendar's `allowedLateness` after it. */
export function stateOf(scope: Scope, metric: string, period: Period): PeriodState {
  const { asOf, tree } = scope.world
  const over = needsUntil(scope, metric, period)
  if (asOf < over) return 'open'
  return asOf < over + milliseconds(tree.calendar.allowedLateness) ? 'settling' : 'final'
}

function needsUntil(scope: Scope, metric: string | Definition, period: Period): number {
  if (typeof metric === 'string') {
    const found = scope.world.tree.metrics[metric]
    if (found?.definition.kind === 'derived' && found.formula)
      return Math.max(...formulaIds(found.formula).map((id) => needsUntil(scope, id, period)))
    return needsUntil(scope, found?.definition as Definition, period)
  }
  switch (metric.kind) {
    case 'ratio':
      return Math.max(needsUntil(scope, metric.numerator, period), needsUntil(scope, metric.denominator, period))
    case 'conversion':
      return period.end + milliseconds(metric.within)
    case 'retention':
      return periodAfter(scope, period, metric.after).end
    default:
      return period.end
  }
}
