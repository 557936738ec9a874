import { closest, distance } from 'fastest-levenshtein'

/**
 * Suggests what to use instead of an unknown name: a similar one, or else the available ones (at most a dozen).
 *
 * @example suggest('bokings', ['bookings', 'nights']) // 'Did you mean "bookings"?'
 */
export function suggest(name: string, known: readonly string[]): string {
  if (known.length === 0) return 'There are none.'
  const nearest = closest(name.toLowerCase(), known)
  if (distance(name.toLowerCase(), nearest) <= Math.max(2, Math.floor(nearest.length / 3))) {
    return `Did you mean "${nearest}"?`
  }
  const shown = known.slice(0, 12).join(', ')
  return known.length > 12 ? `Known: ${shown}, …` : `Known: ${shown}.`
}
