import { parseDuration } from '@nsm/schema'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const LENGTH = { minute: MINUTE, hour: HOUR, day: DAY, week: 7 * DAY, month: 30 * DAY }

/** How long a duration is in elapsed time (ms), whatever clocks do meanwhile. A month is 30 days. */
export function milliseconds(text: string): number {
  const { amount, unit } = parseDuration(text)
  return amount * LENGTH[unit]
}
