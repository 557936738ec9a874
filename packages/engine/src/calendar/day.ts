import type { Temporal } from 'temporal-polyfill'

const known = new Map<string, Map<string, number>>()
const MOST_REMEMBERED = 50_000

/**
 * The instant (ms) at which a local day starts: midnight; where that does not exist, the first instant after the gap;
 * where there are two, the first. A day that the zone skipped starts when the next one does.
 *
 * Remembered: a question about a year asks for each of its days many times, and zone arithmetic is slow.
 */
export function dayStart(timeZone: string, date: Temporal.PlainDate): number {
  let starts = known.get(timeZone)
  if (!starts || starts.size > MOST_REMEMBERED) {
    starts = new Map()
    known.set(timeZone, starts)
  }
  const key = date.toString()
  let start = starts.get(key)
  if (start === undefined) {
    start = date.toZonedDateTime(timeZone).epochMilliseconds
    starts.set(key, start)
  }
  return start
}
