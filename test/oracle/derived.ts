import type { Equals } from '@nsm/schema'
import type { Halves } from './scope.js'

/** The product or weighted sum of other metrics; `null` when one of them is. */
export function evaluateDerived(equals: Equals | undefined, inputValue: (id: string) => number | null): Halves {
  if (!equals) throw new Error('A derived metric without "equals" is refused by the schema.')
  let value = 'product' in equals ? 1 : 0
  const terms = 'product' in equals ? equals.product.map((id) => [id, 1] as const) : equals.sum
  for (const [id, weight] of terms) {
    const input = inputValue(id)
    if (input === null) return { value: null }
    value = 'product' in equals ? value * input : value + weight * input
  }
  // What is too large for a number is unknown.
  return { value: Number.isFinite(value) ? value : null }
}
