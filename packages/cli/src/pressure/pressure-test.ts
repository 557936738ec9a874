import type { Tree } from '@nsm/schema'
import { gameable, lagging, noRevenue, reviewOverdue, tooComplex } from './promises.js'
import { noLimit, noOwner, notDecomposable, unreached } from './structure.js'
import { cumulative, noValueEvent, vanity } from './value.js'
import type { Warning } from './warning.js'

const RULES: readonly ((tree: Tree, today: string) => Warning[])[] = [
  vanity,
  noValueEvent,
  cumulative,
  lagging,
  gameable,
  tooComplex,
  notDecomposable,
  noRevenue,
  noOwner,
  noLimit,
  reviewOverdue,
  unreached,
]

/**
 * Everything about a tree that experience advises against.
 * @param today local date in the tree's zone
 */
export function pressureTest(tree: Tree, today: string): Warning[] {
  return RULES.flatMap((rule) => rule(tree, today))
}
