import type { Changes, Store } from '../store/index.js'

/** What an answer is about: it holds until an event in this span (ms, half open) is added. */
interface Reach {
  start: number
  end: number
}

interface Remembered {
  revision: number
  answer: unknown
}

const remembered = new WeakMap<Changes, Map<string, Remembered>>()
const MOST_REMEMBERED = 1000

/**
 * Asks for something of all events in a span of time, unless it was asked before and none was added there since. Only
 * what is known of everything received is remembered, not what was known at an earlier instant.
 *
 * @param about tells apart what is asked
 * @param asOf only what was received by then is seen; UTC instant, ms
 */
export async function remember<T>(
  { changes }: Pick<Store, 'changes'>,
  about: string,
  reach: Reach,
  asOf: number,
  ask: () => Promise<T>,
): Promise<T> {
  if (!changes?.extents || asOf < changes.lastReceived) return ask()
  const known = remembered.get(changes) ?? new Map<string, Remembered>()
  remembered.set(changes, known)
  const key = `${about} ${reach.start} ${reach.end}`
  const before = known.get(key)
  if (before && !changes.touched(['*'], reach, before.revision)) return before.answer as T
  const { revision } = changes
  const answer = await ask()
  if (known.size >= MOST_REMEMBERED) known.clear()
  known.set(key, { revision, answer })
  return answer
}
