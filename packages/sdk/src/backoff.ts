/** How the attempts of a device stand; kept, so that every tab and the next page obey it. Times in ms. */
export interface Backoff {
  /** Failures in a row. */
  tries: number
  /** When the last one was. */
  failed: number
  /** When to try by itself. */
  next: number
  /** Before this nobody may try: the collector's `Retry-After`. */
  until: number
}

const FIRST_MS = 1_000
const MOST_MS = 5 * 60_000
/** A hundred tabs that wake together: one tries, and who comes this soon after its failure waits like everybody. */
const CROWD_MS = 1_000

export const rested = (): Backoff => ({ tries: 0, failed: 0, next: 0, until: 0 })

/** The state after one more failure: 1 s · 2ⁿ up to 5 min with full jitter, and never before `wait` ms are over. */
export function afterFailure({ tries }: Backoff, now: number, wait: number, random: number): Backoff {
  const delay = random * Math.min(MOST_MS, FIRST_MS * 2 ** tries)
  return { tries: tries + 1, failed: now, next: now + Math.max(delay, wait), until: now + wait }
}

/** The ms to wait from now on; 0: go. `eager` when the page or the network came back, or somebody asked. */
export function restOf({ failed, next, until }: Backoff, now: number, eager: boolean): number {
  const at = eager && now - failed > CROWD_MS ? until : next
  return Math.max(0, at - now)
}
