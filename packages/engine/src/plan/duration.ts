import { parseDuration } from '@nsm/schema'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const UNITS = { m: MINUTE, h: HOUR, d: DAY, w: 7 * DAY, mo: 30 * DAY } as const

/** How long a duration is in elapsed time (ms), whatever clocks do meanwhile. A month is 30 days. */
export function milliseconds(text: string): number {
  const { amount, unit } = parseDuration(text)
  return amount * UNITS[unit]
}
