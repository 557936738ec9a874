import { readStatistics } from '../../catalog/statistics.js'
import type { Changes, Store } from '../../store/index.js'

/** A span of time (ms, half open) that is asked about: an answer holds until an event in it is added. */
export interface Reach {
  start: number
  end: number
}

interface Remembered {
  revision: number
  answer: unknown
}

/** Answers by question, then by span, and about how much memory they take. */
interface Cache {
  questions: Map<string, Map<string, Remembered>>
  bytes: number
}

const caches = new WeakMap<Changes, Cache>()
const MOST_BYTES = 16 * 1024 * 1024
/** About what an entry of a map and its object take beside its texts. */
const ENTRY_BYTES = 200

/**
 * Asks for something of all events in each of some spans of time, but not of those in which no event was added since it
 * was asked before.
 *
 * @param about tells apart what is asked
 * @param asOf only what was received by then is seen; UTC instant, ms
 * @param ask answers for the spans it is given, in their order; `receivedUntil` is `asOf`, or null when that is everything
 */
export async function remember<S extends Reach, T>(
  store: Store,
  about: string,
  spans: readonly S[],
  asOf: number,
  ask: (missing: readonly S[], receivedUntil: number | null) => Promise<T[]>,
): Promise<T[]> {
  if (spans.length === 0) return []
  const { receivedUntil } = await readStatistics(store, asOf, [])
  const { changes } = store
  if (!changes) return ask(spans, receivedUntil)
  const cache = cacheOf(changes)
  const known = knownOf(cache, `${receivedUntil} ${about}`)
  const keyOf = ({ start, end }: Reach) => `${start} ${end}`
  const found = new Map<string, T>()
  const missing = spans.filter((span) => {
    const before = known.get(keyOf(span))
    if (!before || changes.touched(['*'], span, before.revision, receivedUntil ?? undefined)) return true
    found.set(keyOf(span), before.answer as T)
    return false
  })
  if (missing.length > 0) {
    const { revision } = changes
    const answers = await ask(missing, receivedUntil)
    missing.forEach((span, i) => {
      const key = keyOf(span)
      if (!known.has(key)) cache.bytes += ENTRY_BYTES + 2 * (key.length + JSON.stringify(answers[i] ?? null).length)
      known.set(key, { revision, answer: answers[i] })
      found.set(keyOf(span), answers[i] as T)
    })
  }
  return spans.map((span) => found.get(keyOf(span)) as T)
}

function cacheOf(changes: Changes): Cache {
  const known = caches.get(changes)
  if (known && known.bytes <= MOST_BYTES) return known
  const cache: Cache = { questions: new Map(), bytes: 0 }
  caches.set(changes, cache)
  return cache
}

function knownOf(cache: Cache, question: string): Map<string, Remembered> {
  let known = cache.questions.get(question)
  if (!known) {
    known = new Map()
    cache.questions.set(question, known)
    cache.bytes += ENTRY_BYTES + 2 * question.length
  }
  return known
}
