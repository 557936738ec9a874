import { readTime } from '@nsm/schema'
import { Temporal } from 'temporal-polyfill'

/**
 * An ISO 8601 instant from the ways in which tables write times, which are those that {@link readTime} reads; a time
 * without a zone is local time of `zone`.
 */
export function toInstant(text: string, zone: string): { ok: true; value: string } | { ok: false; message: string } {
  const time = readTime(text)
  if (!time.ok) return time
  const utc = new Date(time.ms).toISOString()
  if (time.kind === 'instant' || zone === 'UTC') return { ok: true, value: utc }
  const local = Temporal.PlainDateTime.from(utc.replace('Z', '')).toZonedDateTime(zone)
  return { ok: true, value: new Date(local.epochMilliseconds).toISOString() }
}
