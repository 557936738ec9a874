import type { Grain } from '@nsm/schema'
import { Temporal } from 'temporal-polyfill'

/** UTC instants in ms, half open. */
export interface Interval {
  start: number
  end: number
}

export interface SamePoint {
  /** UTC instant, ms: the previous period counts until here. */
  until: number
  /** Whether the previous period (or its month) is too short to have this point. */
  clamped: boolean
}

const MONTHS = { month: 1, quarter: 3 } as const
const DAYS = { day: 1, week: 7 } as const

/**
 * The same local wall-clock point of the previous period, or of one further back: Wednesday 15:00 of last week, the 5th 9:00 of last month.
 *
 * Wall clock, not elapsed hours: across a change of clocks the two differ. Where the previous month has no such day,
 * the point is that month's end and `clamped` says so. A local time that was skipped is the first after it; one that
 * came twice is the first.
 *
 * @param now UTC instant, ms
 * @param earlier the period looked for
 * @param back how many periods it lies before the one that holds `now`
 */
export function samePoint(now: number, timeZone: string, grain: Grain, earlier: Interval, back = 1): SamePoint {
  const local = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone).toPlainDateTime()
  const { point, clamped } =
    grain === 'day' || grain === 'week'
      ? { point: local.subtract({ days: DAYS[grain] * back }), clamped: false }
      : monthsBefore(local, MONTHS[grain] * back)
  const until = point.toZonedDateTime(timeZone, { disambiguation: 'compatible' }).epochMilliseconds
  return { until: Math.min(earlier.end, Math.max(earlier.start, until)), clamped }
}

function monthsBefore(
  local: Temporal.PlainDateTime,
  months: number,
): { point: Temporal.PlainDateTime; clamped: boolean } {
  const month = local.toPlainDate().with({ day: 1 }).subtract({ months })
  if (local.day <= month.daysInMonth) {
    return { point: month.with({ day: local.day }).toPlainDateTime(local.toPlainTime()), clamped: false }
  }
  return { point: month.add({ months: 1 }).toPlainDateTime(), clamped: true }
}
