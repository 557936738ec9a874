import type { Code } from '../http/codes.js'

/** What the collector has done since it started. */
export interface Counters {
  accepted: number
  duplicate: number
  /** Events and whole requests that were rejected, by code. */
  rejected: Map<Code, number>
}

export function createCounters(): Counters {
  return { accepted: 0, duplicate: 0, rejected: new Map() }
}

export function countRejection(counters: Counters, code: Code): void {
  counters.rejected.set(code, (counters.rejected.get(code) ?? 0) + 1)
}
