import { median } from './statistics.js'

/** How far a complete period was at the same point, and where it ended. */
export interface Completion {
  atPoint: number
  total: number
}

export interface Projection {
  value: number
  lower: number
  upper: number
  /** How many complete periods it rests on. */
  periods: number
}

export const MAXIMUM_PERIODS = 8
const MINIMUM_PERIODS = 4

/**
 * Where a running period may end: what it has so far over the share that the last eight complete periods had at this
 * point (median; smallest and largest for the range).
 *
 * Null under four complete periods that came to something, while one of them still had nothing at this point, and where
 * the projection is too large for a number.
 *
 * @param history complete periods, oldest first
 */
export function project(toDate: number, history: readonly Completion[]): Projection | null {
  const shares = history
    .filter(({ total }) => total > 0)
    .slice(-MAXIMUM_PERIODS)
    .map(({ atPoint, total }) => atPoint / total)
  if (shares.length < MINIMUM_PERIODS || !shares.every((share) => share > 0 && Number.isFinite(share))) return null
  const range = {
    value: toDate / median(shares),
    lower: toDate / Math.max(...shares),
    upper: toDate / Math.min(...shares),
  }
  return Object.values(range).every(Number.isFinite) ? { ...range, periods: shares.length } : null
}
