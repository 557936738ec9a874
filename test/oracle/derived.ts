import type { Formula } from '@nsm/schema'
import type { Halves } from './scope.js'

/** The product or weighted sum of other metrics; `null` when one of them is. */
export function evaluateDerived(formula: Formula | undefined, inputValue: (id: string) => number | null): Halves {
  if (!formula) throw new Error('A derived metric without "formula" is rejected by the schema.')
  let value = 'product' in formula ? 1 : 0
  const terms = 'product' in formula ? formula.product.map((id) => [id, 1] as const) : formula.sum
  for (const [id, weight] of terms) {
    const input = inputValue(id)
    if (input === null) return { value: null }
    value = 'product' in formula ? value * input : value + weight * input
  }
  // What is too large for a number is unknown.
  return { value: Number.isFinite(value) ? value : null }
}
