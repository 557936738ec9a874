import type { Tree } from '@nsm/schema'
import { gameable, laggingIndicator, noRevenue, reviewOverdue, tooComplex } from './promises.js'
import { noLimit, noOwner, notDecomposable, orphanMetric } from './structure.js'
import { cumulativeMetric, noValueEvent, vanityMetric } from './value.js'
import type { Warning } from './warning.js'

const RULES: readonly ((tree: Tree, today: string) => Warning[])[] = [
  vanityMetric,
  noValueEvent,
  cumulativeMetric,
  laggingIndicator,
  gameable,
  tooComplex,
  notDecomposable,
  noRevenue,
  noOwner,
  noLimit,
  reviewOverdue,
  orphanMetric,
]

/**
 * Warns about known weaknesses in a tree.
 * @param today local date in the tree's zone
 */
export function pressureTest(tree: Tree, today: string): Warning[] {
  return RULES.flatMap((rule) => rule(tree, today))
}
