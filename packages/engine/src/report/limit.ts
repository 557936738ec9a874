import type { Limit, MetricReport } from '@nsm/schema'

/** A value beyond a limit. */
export interface Breach {
  period: string
  side: 'above' | 'below'
}

/**
 * Whether a metric is beyond its limit: in its last complete period, or already in the running one where its value can
 * only grow. A running rate says too little to sound an alarm.
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
    if (value > max) return { period, side: 'above' }
    if (value < min) return { period, side: 'below' }
  }
  if (grows && toDate && toDate.value !== null && toDate.value > max) return { period: toDate.period, side: 'above' }
  return null
}
