import { type Definition, definitionIds, formulaIds, type Metric, type Tree } from '@nsm/schema'

/** The north stars with their ids and where they stand. */
export function northStars(tree: Tree): { id: string; path: string; metric: Metric }[] {
  return tree.northStar.map((id) => ({ id, path: `metrics.${id}`, metric: tree.metrics[id] as Metric }))
}

/** The metrics that one is made of: by `formula`, else the halves of its ratio. */
export function partsOf(metric: Metric): string[] {
  return metric.formula ? formulaIds(metric.formula) : definitionIds(metric.definition)
}

/** Every metric reached from `roots` by arithmetic, ratio halves and drivers, the roots included. */
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

/** The definitions that say what a metric counts: its own, or, where it is computed, those of its parts. */
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
