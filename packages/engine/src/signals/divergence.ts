import { theilSen } from './statistics.js'

export type Divergence = 'healthy' | 'watch' | 'diverging' | 'declining' | 'insufficient_data'

/** As many complete periods are compared. */
const DIVERGENCE_PERIODS = 12
/** A trend that makes less than one percent over all periods is flat. */
const FLAT = Math.log(1.01) / (DIVERGENCE_PERIODS - 1)

/**
 * Whether the metric that should lead revenue still does: the Theil–Sen slopes of the log values over the last 12
 * complete periods, oldest first.
 *
 * `healthy`: it grows faster than revenue. `watch`: it grows, but not faster. `diverging`: it is flat or falls while
 * revenue is flat or grows. `declining`: neither grows and revenue falls. `insufficient`: one of the 24 values is
 * missing or not positive.
 */
export function divergence(metric: readonly (number | null)[], revenue: readonly (number | null)[]): Divergence {
  const ours = growth(metric)
  const theirs = growth(revenue)
  if (ours === null || theirs === null) return 'insufficient_data'
  if (ours > FLAT) return ours > theirs ? 'healthy' : 'watch'
  return theirs < -FLAT ? 'declining' : 'diverging'
}

function growth(values: readonly (number | null)[]): number | null {
  const points = values
    .slice(-DIVERGENCE_PERIODS)
    .flatMap((value, i) => (value !== null && value > 0 ? [[i, Math.log(value)] as const] : []))
  return points.length < DIVERGENCE_PERIODS ? null : (theilSen(points)?.slope ?? null)
}
