import { changeOf, type MetricReport, type Point } from '@nsm/schema'
import { type Completion, project } from '../signals/projection.js'

/** The previous period up to the same point. */
export interface Earlier {
  period: string
  value: number | null
  /** UTC instant, ms. */
  until: number
  clamped: boolean
}

/**
 * The running period against the same point of the one before it, and where it may end.
 *
 * @param asOf the instant (ms) until which the running period counts
 * @param history how complete the last periods were at this point, oldest first; null for what does not accumulate
 */
export function toDateOf(
  running: Point,
  asOf: number,
  earlier: Earlier | null,
  history: readonly Completion[] | null,
): NonNullable<MetricReport['toDate']> {
  return {
    period: running.period,
    value: running.value,
    until: new Date(asOf).toISOString(),
    samePoint: earlier && { ...earlier, until: new Date(earlier.until).toISOString() },
    change: earlier && changeOf(earlier.value, running.value),
    projection: history && running.value !== null ? project(running.value, history) : null,
  }
}
