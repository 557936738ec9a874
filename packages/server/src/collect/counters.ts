import type { Code } from '../codes.js'

/** What the collector has done since it started. */
export interface Counters {
  accepted: number
  duplicate: number
  /** Events and whole requests that were refused, by code. */
  refused: Map<Code, number>
}

export function createCounters(): Counters {
  return { accepted: 0, duplicate: 0, refused: new Map() }
}

export function countRefusal(counters: Counters, code: Code): void {
  counters.refused.set(code, (counters.refused.get(code) ?? 0) + 1)
}
