import { changeOf, type Formula, type Metric, type MetricReport } from '@nsm/schema'
import { finite } from '../finite.js'
import type { CompiledMetric, CompiledTree } from '../metrics/compiled.js'
import { decompose, type Expression, evaluate } from '../signals/decompose.js'

/** The value of a metric of the tree in one period. */
export type ValueOf = (metric: string) => number | null

export interface Explained {
  /** The direct inputs with their shares of the change, in the metric's own unit. */
  contributions: MetricReport['contributions']
  /** What is left of the change; null where there are no shares. */
  residual: number | null
}

const UNEXPLAINED: Explained = { contributions: [], residual: null }

/**
 * Why a metric changed between two periods, along its `formula` or the halves of its ratio (Das Gupta 1993).
 *
 * Inputs that have arithmetic of their own are followed down to the leaves, and a direct input's share is what its leaves
 * brought, so that drilling down adds up. What an input's own arithmetic leaves over is a leaf too.
 */
export function explain({ id, metric, tree }: CompiledMetric, before: ValueOf, after: ValueOf): Explained {
  const change = changeOf(before(id), after(id))
  const arithmetic = arithmeticOf(metric)
  if (change.absolute === null || !arithmetic) return UNEXPLAINED
  const ids = [...new Set(arithmetic.inputs)]
  if (ids.some((input) => before(input) === null || after(input) === null)) return UNEXPLAINED
  const shares = sharesOf(tree, arithmetic, before, after)
  if (!shares) return UNEXPLAINED
  const contributions = ids.map((input) => ({
    metric: input,
    change: changeOf(before(input), after(input)),
    contribution: shares.get(input) ?? 0,
  }))
  const explained = contributions.reduce((sum, { contribution }) => sum + contribution, 0)
  const residual = finite(change.absolute - explained)
  return residual === null ? UNEXPLAINED : { contributions, residual }
}

/** What a metric's `formula` leaves unexplained of its value in one period; null without `formula` or without a value. */
export function residualOf({ id, metric: { formula } }: CompiledMetric, valueAt: ValueOf): number | null {
  const value = formula ? valueAt(id) : null
  if (!formula || value === null) return null
  const { inputs, expression } = ofFormula(formula)
  const known = new Map(inputs.map((input, i) => [String(i), valueAt(input)]))
  if (![...known.values()].every((input) => input !== null)) return null
  const expected = evaluate(
    expression((_, i) => String(i)),
    known as Map<string, number>,
  )
  return finite(value - expected)
}

/** Arithmetic over metrics; `expression` puts something in the place of each, by its id and its position. */
interface Arithmetic {
  inputs: string[]
  expression(leaf: (id: string, position: number) => Expression): Expression
}

function arithmeticOf({ definition, formula }: Metric): Arithmetic | null {
  if (formula) return ofFormula(formula)
  if (definition.kind !== 'ratio') return null
  const { numerator, denominator } = definition
  if (typeof numerator !== 'string' || typeof denominator !== 'string') return null
  return {
    inputs: [numerator, denominator],
    expression: (leaf) => ({ numerator: leaf(numerator, 0), denominator: leaf(denominator, 1) }),
  }
}

function ofFormula(formula: Formula): Arithmetic {
  if ('product' in formula) {
    return { inputs: formula.product, expression: (leaf) => ({ product: formula.product.map(leaf) }) }
  }
  return {
    inputs: formula.sum.map(([id]) => id),
    expression: (leaf) => ({ sum: formula.sum.map(([id, weight], i) => [leaf(id, i), weight] as const) }),
  }
}

/** Shares by direct input. */
function sharesOf(tree: CompiledTree, { inputs, expression }: Arithmetic, before: ValueOf, after: ValueOf) {
  // A metric that stands in two places is two leaves: each place has its own share.
  const values = { before: new Map<string, number>(), after: new Map<string, number>() }
  const leaf = (name: string, old: number, now: number): string => {
    values.before.set(name, old)
    values.after.set(name, now)
    return name
  }
  const follow = (id: string, path: string): Expression => {
    const [old, now] = [before(id) as number, after(id) as number]
    const { definition, formula } = tree.metric(id).metric
    if (!formula) return leaf(path, old, now)
    const inner = ofFormula(formula)
    if (inner.inputs.some((input) => before(input) === null || after(input) === null)) return leaf(path, old, now)
    const parts = inner.expression((input, i) => follow(input, `${path}.${i}`))
    if (definition.kind === 'derived') return parts
    const rest = leaf(`${path}.rest`, old - evaluate(parts, values.before), now - evaluate(parts, values.after))
    return {
      sum: [
        [parts, 1],
        [rest, 1],
      ],
    }
  }
  const shares = decompose(
    expression((id, i) => follow(id, String(i))),
    values.before,
    values.after,
  )
  if (!shares) return null
  const byInput = new Map<string, number>()
  for (const [name, share] of shares) {
    const input = inputs[Number.parseInt(name, 10)] as string
    byInput.set(input, (byInput.get(input) ?? 0) + share)
  }
  return byInput
}
