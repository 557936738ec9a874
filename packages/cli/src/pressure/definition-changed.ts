import { compileTree } from '@nsm/engine'
import { dateAfter } from '@nsm/engine/calendar'
import type { Tree } from '@nsm/schema'
import { northStars } from './north-stars.js'
import type { Warning } from './warning.js'

/**
 * Finds north stars that are counted differently than in an earlier tree, before the date until which their definition was
 * meant to stay stable, and without a new reason.
 * @param today local date in the tree's zone
 */
export function definitionChanged(tree: Tree, earlier: Tree, today: string): Warning[] {
  const { adopted, stableFor, why } = earlier.review ?? {}
  if (!adopted || !stableFor) return []
  const stableUntil = dateAfter(adopted, stableFor)
  const newReason = tree.review?.why?.trim() ?? ''
  if (today >= stableUntil || (newReason !== '' && newReason !== why?.trim())) return []
  return northStars(tree).flatMap(({ id, path, metric }) => {
    if (
      !Object.hasOwn(earlier.metrics, id) ||
      compileTree(tree).metric(id).hash === compileTree(earlier).metric(id).hash
    )
      return []
    return [
      {
        code: 'definition_changed',
        path: `${path}.definition`,
        message: `"${metric.title}" is counted differently than before, but its definition was meant to stay stable until ${stableUntil}.`,
        advice: 'Explain in "review.why" why the change is worth breaking the series, or revert it.',
      },
    ]
  })
}
