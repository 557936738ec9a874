const LONGEST_MS = 7 * 24 * 3_600_000

/**
 * The ms a `Retry-After` asks for, seconds or a date; 0 when there is none or it cannot be read. A week at most: no
 * event waits longer, and a timer much longer would overflow.
 */
export const retryAfter = (header: string | null | undefined, now: number): number =>
  Math.min(LONGEST_MS, +header! * 1_000 || Date.parse(header as string) - now || 0)
