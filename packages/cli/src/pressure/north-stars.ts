import { type Definition, definitionIds, formulaIds, type Metric, type Tree } from '@nsm/schema'

/** The north stars with their ids and their paths in the tree. */
export function northStars(tree: Tree): { id: string; path: string; metric: Metric }[] {
  return tree.northStar.map((id) => ({ id, path: `metrics.${id}`, metric: tree.metrics[id] as Metric }))
}

/** The metrics that a metric is made of: its `formula`'s, or else the numerator and denominator of its ratio. */
export function partsOf(metric: Metric): string[] {
  return metric.formula ? formulaIds(metric.formula) : definitionIds(metric.definition)
}

/** The roots and every metric reached from them through formulas, ratios and drivers. */
export function reachedFrom(tree: Tree, roots: readonly string[]): Set<string> {
  const reached = new Set<string>()
  const visit = (id: string) => {
    const metric = tree.metrics[id]
    if (!metric || reached.has(id)) return
    reached.add(id)
    const next = [
      ...(metric.formula ? formulaIds(metric.formula) : []),
      ...definitionIds(metric.definition),
      ...metric.drivers,
    ]
    for (const other of next) visit(other)
  }
  for (const root of roots) visit(root)
  return reached
}

/** The definitions that say what a metric counts: its own or, if it is computed, those of its parts. */
export function countedBy(tree: Tree, id: string): Definition[] {
  const metric = tree.metrics[id]
  if (!metric) return []
  const { definition } = metric
  if (definition.kind === 'derived') return partsOf(metric).flatMap((part) => countedBy(tree, part))
  if (definition.kind !== 'ratio') return [definition]
  return [definition.numerator, definition.denominator].flatMap((part) =>
    typeof part === 'string' ? countedBy(tree, part) : part.kind === 'ratio' ? [] : [part],
  )
}

/** The events that a definition reads. */
export function eventsOf(definition: Definition): string[] {
  switch (definition.kind) {
    case 'conversion':
    case 'retention':
      return [definition.from.event, definition.to.event].flat()
    case 'ratio':
    case 'derived':
      return []
    default:
      return [definition.event].flat()
  }
}
