/** A time as somebody wrote it: an instant if it has a zone, a wall-clock time if not. */
export type WrittenTime =
  | { ok: true; kind: 'instant'; ms: number }
  /** `ms` is the instant if the clock showed UTC. */
  | { ok: true; kind: 'local'; ms: number }
  | { ok: false; message: string }

const DATE = /(\d{4}-\d{2}-(\d{2}))/.source
const CLOCK = /(\d{2}:\d{2})(?::(\d{2})(?:[.,](\d+))?)?/.source
const ZONE = /(Z|UTC|([+-])(\d{2})(?::?(\d{2}))?)/.source
const ISO = new RegExp(`^${DATE}(?:[T ]${CLOCK})?(?: ?${ZONE})?$`, 'i')
const EPOCH_SECONDS = /^\d{9,10}(\.\d+)?$/
const EPOCH_MS = /^\d{12,13}(\.\d+)?$/

/**
 * Reads a time as libraries and tables write it: ISO 8601 with `T` or a space, any precision, and any form of zone or
 * none; a date alone, as its first moment; seconds or milliseconds since 1970, told apart by their size (9 or 10 digits,
 * 12 or 13).
 *
 * Everything else is refused, as two readers may read two times in it: 03/02/2026, or 11 digits.
 */
export function readTime(written: string | number): WrittenTime {
  const text = String(written).trim()
  const match = ISO.exec(text)
  if (match) return readIso(text, match)
  if (EPOCH_MS.test(text)) return { ok: true, kind: 'instant', ms: Math.round(Number(text)) }
  if (EPOCH_SECONDS.test(text)) return { ok: true, kind: 'instant', ms: Math.round(Number(text) * 1000) }
  return {
    ok: false,
    message: `Cannot read ${quoted(text)} as a time; write ISO 8601, such as 2026-03-02T09:00:00.000Z, or milliseconds since 1970.`,
  }
}

function readIso(text: string, match: RegExpExecArray): WrittenTime {
  const [, date, day, minutes = '00:00', seconds = '00', fraction = '', zone, sign, hoursAhead, minutesAhead = '00'] =
    match
  const ms = Date.parse(`${date}T${minutes}:${seconds}.${fraction.padEnd(3, '0').slice(0, 3)}Z`)
  // Date.parse reads February 30 as March 2.
  const exists = new Date(ms).getUTCDate() === Number(day)
  if (!exists || Number(hoursAhead ?? 0) > 23 || Number(minutesAhead) > 59) {
    return { ok: false, message: `The date or time ${quoted(text)} does not exist.` }
  }
  if (zone === undefined) return { ok: true, kind: 'local', ms }
  const ahead = hoursAhead === undefined ? 0 : (Number(hoursAhead) * 60 + Number(minutesAhead)) * 60_000
  return { ok: true, kind: 'instant', ms: sign === '-' ? ms + ahead : ms - ahead }
}

const QUOTED_CHARACTERS = 60

/** Quotes what was written; refusals are kept and shown, so a long text is cut. */
function quoted(text: string): string {
  return `"${text.length > QUOTED_CHARACTERS ? `${text.slice(0, QUOTED_CHARACTERS)}…` : text}"`
}
