import type { Formula, Grain, Metric, Tree } from '@nsm/schema'
import { sentence } from '../describe/sentence.js'
import { EngineError, type EngineErrorCode } from '../errors.js'
import { compileMetric } from '../plan/compile.js'
import { accumulates, isRolling, onlyGrows, subtracts } from './behavior.js'
import type { CompiledMetric, CompiledTree } from './compiled.js'
import { definitionHash } from './hash.js'

/** A tree is read once and asked about often. */
const compiled = new WeakMap<Tree, CompiledTree>()

/** Compiles a tree; the same tree once. */
export function compileTree(tree: Tree): CompiledTree {
  const known = compiled.get(tree)
  if (known) return known
  const byId = new Map<string, CompiledMetric>()
  const result: CompiledTree = {
    tree,
    get metrics() {
      return [...byId.values()]
    },
    metric: (id) => lookUp(byId, id, 'metric', 'unknown_metric'),
    segment: (id) =>
      id === undefined ? null : lookUp(new Map(Object.entries(tree.segments)), id, 'segment', 'unknown_segment'),
  }
  for (const [id, metric] of Object.entries(tree.metrics)) byId.set(id, compiledMetric(result, id, metric))
  compiled.set(tree, result)
  return result
}

function compiledMetric(tree: CompiledTree, id: string, metric: Metric): CompiledMetric {
  const plan = once(() => compileMetric(tree, id))
  const terms = once(() => termsOf(metric.formula).map(([input, weight]) => ({ input: tree.metric(input), weight })))
  const inputs = once(() => [...new Set(terms().map(({ input }) => input))])
  const hash = once(() => definitionHash(tree, id))
  const sentences = new Map<Grain, string>()
  const grows = once(() => accumulates(own))
  const neverFalls = once(() => onlyGrows(own))
  const mayFallBelowZero = once(() => subtracts(own))
  const own: CompiledMetric = {
    id,
    metric,
    tree,
    get plan() {
      return plan()
    },
    get terms() {
      return terms()
    },
    get inputs() {
      return inputs()
    },
    get hash() {
      return hash()
    },
    sentence(grain = tree.tree.calendar.grain) {
      const said = sentences.get(grain) ?? sentence(tree, id, grain)
      sentences.set(grain, said)
      return said
    },
    get accumulates() {
      return grows()
    },
    get onlyGrows() {
      return neverFalls()
    },
    get subtracts() {
      return mayFallBelowZero()
    },
    isRolling: (grain) => isRolling(own, grain),
  }
  return own
}

function termsOf(formula: Formula | undefined): (readonly [id: string, weight: number])[] {
  if (!formula) return []
  return 'product' in formula ? formula.product.map((id) => [id, 1] as const) : formula.sum
}

function lookUp<T>(all: ReadonlyMap<string, T>, id: string, kind: 'metric' | 'segment', code: EngineErrorCode): T {
  const found = all.get(id)
  if (found !== undefined) return found
  const known = [...all.keys()].join(', ') || 'none'
  throw new EngineError(code, `This tree has no ${kind} "${id}". Known: ${known}.`, { path: kind })
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
