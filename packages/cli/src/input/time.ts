import { Temporal } from 'temporal-polyfill'

const ISO = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?))?\s?(Z|UTC|[+-]\d{2}:?\d{2})?$/
const EPOCH_SECONDS = /^\d{9,10}(\.\d+)?$/
const EPOCH_MS = /^\d{12,13}$/

/**
 * An ISO 8601 instant from the ways in which tables write times: ISO 8601 with a zone or, as local time of `zone`,
 * without one; `2026-03-02 09:00:00`; a date alone, as its first moment; seconds or milliseconds since 1970.
 * Orders such as 03/02/2026 are refused: two countries read two days in them.
 */
export function toInstant(text: string, zone: string): { ok: true; value: string } | { ok: false; message: string } {
  const trimmed = text.trim()
  if (EPOCH_MS.test(trimmed)) return instant(Number(trimmed))
  if (EPOCH_SECONDS.test(trimmed)) return instant(Math.round(Number(trimmed) * 1000))
  const match = ISO.exec(trimmed)
  if (!match) {
    return {
      ok: false,
      message: `"${text}" is no time this reads; write 2026-03-02T09:00:00Z, 2026-03-02 09:00, 2026-03-02 or seconds since 1970.`,
    }
  }
  const [, date, time = '00:00', offset] = match as unknown as [string, string, string | undefined, string | undefined]
  const clock = time.replace(',', '.').padEnd(8, time.length === 5 ? ':00' : '')
  try {
    // Date.parse takes the thirtieth of February for the second of March.
    if (!new Date(`${date}T00:00:00Z`).toISOString().startsWith(date)) throw new RangeError(date)
    if (offset) return instant(Date.parse(`${date}T${clock.slice(0, 12)}${offset === 'UTC' ? 'Z' : offset}`))
    if (zone === 'UTC') return instant(Date.parse(`${date}T${clock.slice(0, 12)}Z`))
    return instant(Temporal.PlainDateTime.from(`${date}T${clock}`).toZonedDateTime(zone).epochMilliseconds)
  } catch {
    return { ok: false, message: `"${text}" is no date or time that exists.` }
  }
}

/** @throws RangeError when it is none. */
function instant(ms: number): { ok: true; value: string } {
  return { ok: true, value: new Date(ms).toISOString() }
}
