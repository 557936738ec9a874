import type { Entry } from './queue.js'

/** No request has more than this, but for one event however large. */
export const BATCH_EVENTS = 50
const BATCH_BYTES = 48_000
/** All keepalive requests of a page share 64 KiB. */
const LEAVE_BYTES = 60_000
/** The wait after the first failure, and the longest; also the pause after a wrong key or address. */
const FIRST_MS = 1_000
const MOST_MS = 5 * 60_000
/** No event waits longer than a week, and a timer much longer would overflow. */
const LONGEST_MS = 7 * 24 * 3_600_000

/**
 * The ms a `Retry-After` asks for, seconds or a date; 0 when there is none or it cannot be read. A week at most.
 */
export const retryAfter = (header: string | null | undefined, now: number): number =>
  Math.max(0, Math.min(LONGEST_MS, +header! * 1_000 || Date.parse(header as string) - now || 0))

/**
 * The first events that can go in one request: of those still waiting, up to the allowed number and bytes;
 * at least one, however large, unless the page is left (1). What is under way waits for its answer, but for a page that
 * is left.
 */
export function takeBatch(entries: Entry[], waiting: Map<string, Entry>, most: number, leaving: 0 | 1): Entry[] {
  const batch: Entry[] = []
  let bytes = 0
  for (const entry of entries) {
    if (waiting.has(entry.id) && !(entry.flying! > leaving) && batch.length < most) {
      bytes += entry.bytes
      if (leaving ? bytes < LEAVE_BYTES : bytes < BATCH_BYTES || !batch[0]) batch.push(entry)
    }
  }
  return batch
}

/** What the status of an answer means for all of a request; undefined: they go again. 0: no answer. */
export const outcomeOf = (status: number): 'sent' | 'rejected' | undefined =>
  /^2/.test(`${status}`) ? 'sent' : [400, 410, 413, 422].includes(status) ? 'rejected' : undefined

/** For how many ms the collector does not want to be asked. */
export const pauseOf = (status: number, header: string | null | undefined, now: number): number =>
  [401, 403, 404].includes(status) ? MOST_MS : retryAfter(header, now)

/** How many ms to wait after a number of failures in a row; `random` in [0, 1). */
export const backoff = (failures: number, random: number): number =>
  random * Math.min(MOST_MS, FIRST_MS * 2 ** failures)
