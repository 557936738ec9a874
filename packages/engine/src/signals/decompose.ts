/** Arithmetic over named values: a name, a weighted sum, a product or a quotient, at any depth. */
export type Expression =
  | string
  | { sum: readonly (readonly [Expression, number])[] }
  | { product: readonly Expression[] }
  | { numerator: Expression; denominator: Expression }

export type Values = ReadonlyMap<string, number>

/** Enough for any tree a person drew; the work doubles with each one more. */
const MAX_MOVED_FACTORS = 16

/** What the expression comes to. A quotient by 0 is not finite. @throws RangeError for a name without a value. */
export function evaluate(expression: Expression, values: Values): number {
  if (typeof expression === 'string') {
    const value = values.get(expression)
    if (value === undefined) throw new RangeError(`No value for ${expression}.`)
    return value
  }
  if ('sum' in expression) {
    return expression.sum.reduce((total, [part, weight]) => total + weight * evaluate(part, values), 0)
  }
  if ('product' in expression) {
    return expression.product.reduce((total, part) => total * evaluate(part, values), 1)
  }
  return evaluate(expression.numerator, values) / evaluate(expression.denominator, values)
}

/** The names in an expression, each once. */
export function names(expression: Expression): string[] {
  if (typeof expression === 'string') return [expression]
  const parts =
    'sum' in expression
      ? expression.sum.map(([part]) => part)
      : 'product' in expression
        ? expression.product
        : [expression.numerator, expression.denominator]
  return [...new Set(parts.flatMap(names))]
}

/**
 * How much of an expression's change each name brought, in the expression's unit: its Shapley value, which for products
 * and ratios is Das Gupta's 1993 standardization (*Standardization and Decomposition of Rates*, U.S. Census Bureau P23-186).
 *
 * Exact: the shares add up to the change. Symmetric: swapping before and after flips every sign, and the order of names
 * does not matter. Zeros and negative values are safe, because nothing is divided but by a denominator of the expression itself.
 * A name that did not move gets 0. In a sum, a part's share is its weight times its own change.
 *
 * Null when the expression has no value before, after, or (a denominator of 0) on the way, or when a value, the change or a
 * share is too large for a number.
 * @throws RangeError when more than 16 names of one product moved at once.
 */
export function decompose(expression: Expression, before: Values, after: Values): Map<string, number> | null {
  const shares = new Map(names(expression).map((name) => [name, 0]))
  // The parts of a sum are taken one by one, and may be finite where the whole is not.
  if (!Number.isFinite(evaluate(expression, after) - evaluate(expression, before))) return null
  if (!add(expression, 1, before, after, shares)) return null
  const total = [...shares.values()].reduce((sum, share) => sum + share, 0)
  return Number.isFinite(total) ? shares : null
}

/** Adds `weight` times the shares of one part. The Shapley value is linear, so the parts of a sum are taken one by one. */
function add(
  expression: Expression,
  weight: number,
  before: Values,
  after: Values,
  shares: Map<string, number>,
): boolean {
  if (typeof expression !== 'string' && 'sum' in expression) {
    return expression.sum.every(([part, own]) => add(part, weight * own, before, after, shares))
  }
  const moved = names(expression).filter((name) => read(before, name) !== read(after, name))
  if (moved.length > MAX_MOVED_FACTORS) {
    throw new RangeError(`${moved.length} factors moved at once; at most ${MAX_MOVED_FACTORS} can be told apart.`)
  }
  // Every mixture of old and new values, by the bits of its index.
  const mixtures = Array.from({ length: 1 << moved.length }, (_, bits) => {
    const values = new Map(before)
    moved.forEach((name, i) => {
      if (bits & (1 << i)) values.set(name, read(after, name))
    })
    return evaluate(expression, values)
  })
  if (!mixtures.every(Number.isFinite)) return false
  const weights = shapleyWeights(moved.length)
  moved.forEach((name, i) => {
    let share = 0
    mixtures.forEach((value, bits) => {
      if (bits & (1 << i)) return
      share += (weights[ones(bits)] as number) * ((mixtures[bits | (1 << i)] as number) - value)
    })
    shares.set(name, (shares.get(name) ?? 0) + weight * share)
  })
  return true
}

/** By how many others have already changed: the chance that exactly those came first in a random order of `count`. */
function shapleyWeights(count: number): number[] {
  const weights: number[] = []
  let subsets = 1
  for (let first = 0; first < count; first++) {
    weights.push(1 / (count * subsets))
    subsets = (subsets * (count - 1 - first)) / (first + 1)
  }
  return weights
}

function read(values: Values, name: string): number {
  return evaluate(name, values)
}

function ones(bits: number): number {
  let count = 0
  for (let rest = bits; rest > 0; rest &= rest - 1) count++
  return count
}
