import type { Limit, MetricReport } from '@nsm/schema'

/** A value beyond a limit. */
export type Breach = NonNullable<NonNullable<MetricReport['limit']>['breach']>

/**
 * Where a metric is beyond its limit: in its last complete period, or already in the running one where its value can
 * only grow. A running rate says too little to sound an alarm.
 *
 * @param grows whether a value that has passed the maximum stays beyond it
 */
export function breachOf(
  limit: Limit,
  headline: MetricReport['headline'],
  toDate: MetricReport['toDate'],
  grows: boolean,
): Breach | null {
  const { min = -Infinity, max = Infinity } = limit
  if (headline && headline.value !== null) {
    const { period, value } = headline
    if (value > max) return { period, value, side: 'above' }
    if (value < min) return { period, value, side: 'below' }
  }
  if (grows && toDate && toDate.value !== null && toDate.value > max) {
    return { period: toDate.period, value: toDate.value, side: 'above' }
  }
  return null
}
