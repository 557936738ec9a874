import type { Grain, MetricReport } from '@nsm/schema'
import { periodName, relativePeriod } from './date.js'
import { fill } from './messages.js'
import type { Speaker } from './speaker.js'

/**
 * Names a period of a metric: relative to now for the current and the previous one ("last week"), otherwise by date ("week
 * of 12 Oct"), so that an old report never says "today". With `when`, says when something happened: "in the week of 12 Oct".
 */
export type NamePeriod = (period: string, when?: boolean) => string

const WHEN = { day: 'onDay', week: 'inWeek', month: 'inMonth', quarter: 'inQuarter' } as const

/** Makes the namer for one metric. `now` is in UTC ms. */
export function namer(metric: MetricReport, grain: Grain, now: number, speaker: Speaker): NamePeriod {
  const { points } = metric
  const current = points.findIndex((point) => Date.parse(point.start) <= now && now < Date.parse(point.end))
  const last = points.at(-1)
  // The period after the last one, for a report without the running period.
  const justOver = last && now >= Date.parse(last.end) && now < 2 * Date.parse(last.end) - Date.parse(last.start)
  const origin = current >= 0 ? current : justOver ? points.length : null
  return (period, when) => {
    const index = points.findIndex((point) => point.period === period)
    const offset = origin === null || index < 0 ? Number.NaN : index - origin
    if (offset >= -1) return relativePeriod(offset, grain, speaker)
    const date = periodName(period, grain, speaker)
    return when ? fill(speaker.words[WHEN[grain]], { period: date }) : date
  }
}
