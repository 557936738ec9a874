import { readTime } from '@nsm/schema'
import { Temporal } from 'temporal-polyfill'

/**
 * Converts any time that {@link readTime} can read to an ISO 8601 instant. A time without a zone is local to `zone`.
 */
export function toInstant(text: string, zone: string): { ok: true; value: string } | { ok: false; message: string } {
  const time = readTime(text)
  if (!time.ok) return time
  const utc = new Date(time.ms).toISOString()
  if (time.kind === 'instant' || zone === 'UTC') return { ok: true, value: utc }
  const local = Temporal.PlainDateTime.from(utc.replace('Z', '')).toZonedDateTime(zone)
  return { ok: true, value: new Date(local.epochMilliseconds).toISOString() }
}
