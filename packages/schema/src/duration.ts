import { z } from 'zod'

const UNITS = ['m', 'h', 'd', 'w', 'mo'] as const
export type DurationUnit = (typeof UNITS)[number]

/** A parsed duration: `7d` is `{ amount: 7, unit: 'd' }`. `m` is minutes, `mo` months. */
export interface Duration {
  amount: number
  unit: DurationUnit
}

const PATTERN = /^([1-9]\d{0,4})(mo|[mhdw])$/

/** A duration as text: `30m`, `12h`, `7d`, `8w`, `12mo`. */
export const durationSchema = z
  .string()
  .regex(PATTERN, 'Write a duration as a whole number and a unit: 30m, 12h, 7d, 8w or 12mo.')

/** Reads a duration that {@link durationSchema} accepted. @throws RangeError for any other text. */
export function parseDuration(text: string): Duration {
  const match = PATTERN.exec(text)
  if (!match) throw new RangeError(`Not a duration: ${text}`)
  return { amount: Number(match[1]), unit: match[2] as DurationUnit }
}
