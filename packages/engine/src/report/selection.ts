import { definitionIds, formulaIds, type Tree } from '@nsm/schema'

/** The metrics that another one is computed, explained or believed to be moved by, directly. */
function inputsOf(tree: Tree, id: string): string[] {
  const metric = tree.metrics[id]
  if (!metric) return []
  const { definition, formula, drivers } = metric
  return [...new Set([...(formula ? formulaIds(formula) : []), ...definitionIds(definition), ...drivers])]
}

/** The metrics of a report: all of the tree, or what one metric's card needs of it. In the order of the tree. */
export function metricsOf(tree: Tree, metric: string | undefined): string[] {
  const all = Object.keys(tree.metrics)
  if (metric === undefined) return all
  const wanted = new Set<string>()
  const want = (id: string) => {
    if (wanted.has(id)) return
    wanted.add(id)
    for (const input of inputsOf(tree, id)) want(input)
  }
  for (const id of [metric, ...tree.guardrails, ...(tree.revenue ? [tree.revenue.metric] : [])]) want(id)
  return all.filter((id) => wanted.has(id))
}
