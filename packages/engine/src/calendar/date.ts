import { parseDuration } from '@nsm/schema'
import { Temporal } from 'temporal-polyfill'

/** The local date in a zone at an instant (ms). */
export function localDate(timeZone: string, instant: number): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timeZone).toPlainDate()
}

/** The local date that is some days, weeks or months after another. A month later than the 31st is that month's last day. */
export function dateAfter(date: string, duration: string): string {
  const { amount, unit } = parseDuration(duration)
  return Temporal.PlainDate.from(date)
    .add({ [`${unit}s`]: amount })
    .toString()
}
