import { type Definition, type DerivedDefinition, formulaIds, type RatioDefinition } from '@nsm/schema'
import type { World } from './world.js'

type Leaf = Exclude<Definition, DerivedDefinition | RatioDefinition>

/** The definitions that look at events themselves, through ratios and arithmetic. */
export function leavesOf(world: World, metric: string | Definition): Leaf[] {
  if (typeof metric === 'string') {
    const found = world.tree.metrics[metric]
    if (!found) return []
    if (found.definition.kind === 'derived')
      return (found.formula ? formulaIds(found.formula) : []).flatMap((id) => leavesOf(world, id))
    return leavesOf(world, found.definition)
  }
  if (metric.kind === 'ratio') return [metric.numerator, metric.denominator].flatMap((part) => leavesOf(world, part))
  if (metric.kind === 'derived') return []
  return [metric]
}
