/** A result that a number can hold; null for one that is too large, or that came of one. */
export function finite(result: number): number | null {
  return Number.isFinite(result) ? result : null
}
