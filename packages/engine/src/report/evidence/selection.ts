import { definitionIds } from '@nsm/schema'
import type { CompiledMetric, CompiledTree } from '../../metrics/compiled.js'

/** The metrics of a report: all of the tree, or what one metric's card needs of it. In the order of the tree. */
export function metricsOf(compiled: CompiledTree, id: string | undefined): CompiledMetric[] {
  if (id === undefined) return [...compiled.metrics]
  const { guardrails, revenue } = compiled.tree
  const wanted = new Set<CompiledMetric>()
  const want = (metric: CompiledMetric) => {
    if (wanted.has(metric)) return
    wanted.add(metric)
    for (const other of relatedTo(metric)) want(other)
  }
  for (const each of [id, ...guardrails, ...(revenue ? [revenue.metric] : [])]) want(compiled.metric(each))
  return compiled.metrics.filter((metric) => wanted.has(metric))
}

/** The metrics that another one is computed, explained or believed to be moved by, directly. */
function relatedTo({ metric, inputs, tree }: CompiledMetric): CompiledMetric[] {
  return [...inputs, ...[...definitionIds(metric.definition), ...metric.drivers].map((id) => tree.metric(id))]
}
