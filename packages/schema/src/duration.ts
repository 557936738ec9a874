import { z } from 'zod'

/** The units of a duration, by how they are written. */
const UNITS = { m: 'minute', h: 'hour', d: 'day', w: 'week', mo: 'month' } as const
export type DurationUnit = (typeof UNITS)[keyof typeof UNITS]

/** A parsed duration: `7d` is `{ amount: 7, unit: 'day' }`. */
export interface Duration {
  amount: number
  unit: DurationUnit
}

const PATTERN = /^([1-9]\d{0,4})(mo|[mhdw])$/

/** A duration as text: `30m`, `12h`, `7d`, `8w`, `12mo`. */
export const durationSchema = z
  .string()
  .regex(PATTERN, 'Write a duration as a whole number and a unit: 30m, 12h, 7d, 8w or 12mo.')

/** A duration that a date can be moved by: it has no hours and no minutes. */
export const dateDurationSchema = z
  .string()
  .regex(/^[1-9]\d{0,4}(mo|[dw])$/, 'Write this duration in days, weeks or months: 90d, 8w or 12mo.')

/** Reads a duration that {@link durationSchema} accepted. @throws RangeError for any other text. */
export function parseDuration(text: string): Duration {
  const match = PATTERN.exec(text)
  if (!match) throw new RangeError(`Not a duration: ${text}`)
  return { amount: Number(match[1]), unit: UNITS[match[2] as keyof typeof UNITS] }
}
