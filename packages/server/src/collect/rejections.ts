import type { Code } from '../http/codes.js'
import type { Rejection } from './answer.js'

/** Rejected messages of one kind: what was wrong, how often, and the latest as it came. */
export interface RejectionGroup {
  code: Code
  path: string | null
  message: string
  count: number
  /** ms since the epoch. */
  first: number
  last: number
  /** The latest rejected message; null when it was too large or too deep to keep. */
  sample: unknown
}

const GROUPS = 200
const SAMPLE_CHARACTERS = 4_096

/** What was rejected and why, grouped and bounded: the group that was quiet the longest makes room. */
export class Rejections {
  #groups = new Map<string, RejectionGroup>()
  /** All that were rejected since the start. */
  total = 0

  add(rejection: Rejection, raw: unknown, now: number): void {
    this.total++
    const key = `${rejection.code} ${rejection.path ?? ''} ${rejection.message}`
    // Too deep to be written as JSON.
    const text = rejection.code === 'too_deep' ? null : (JSON.stringify(raw) ?? '')
    const group = this.#groups.get(key)
    this.#groups.delete(key)
    this.#groups.set(key, {
      code: rejection.code,
      path: rejection.path ?? null,
      message: rejection.message,
      count: (group?.count ?? 0) + 1,
      first: group?.first ?? now,
      last: now,
      sample: text !== null && text.length <= SAMPLE_CHARACTERS ? raw : null,
    })
    const oldest = this.#groups.keys().next().value
    if (this.#groups.size > GROUPS && oldest !== undefined) this.#groups.delete(oldest)
  }

  /** The latest first. */
  list(): RejectionGroup[] {
    return [...this.#groups.values()].reverse()
  }
}
