import type { Grain } from '@nsm/schema'
import { Temporal } from 'temporal-polyfill'

/**
 * The period to compare with year over year, by its local start date: 52 weeks before for a week, so that weekdays and
 * the number of days agree; the same date of the year before for the other grains (28 February for the 29th).
 */
export function yearBefore(period: string, grain: Grain): string {
  const date = Temporal.PlainDate.from(period)
  return (grain === 'week' ? date.subtract({ weeks: 52 }) : date.subtract({ years: 1 })).toString()
}
