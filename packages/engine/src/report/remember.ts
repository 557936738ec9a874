import { readFacts } from '../query/facts.js'
import type { Changes, Store } from '../store/index.js'

/** A span of time (ms, half open) that is asked about: an answer holds until an event in it is added. */
export interface Reach {
  start: number
  end: number
}

interface Remembered {
  revision: number
  answer: unknown
}

/** By question, then by span. */
const remembered = new WeakMap<Changes, Map<string, Map<string, Remembered>>>()
/** Questions; a definition that changed is another one. */
const MOST_REMEMBERED = 200

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
  const { receivedUntil } = await readFacts(store, asOf, [])
  const { changes } = store
  if (!changes) return ask(spans, receivedUntil)
  const questions = remembered.get(changes) ?? new Map<string, Map<string, Remembered>>()
  remembered.set(changes, questions)
  if (questions.size > MOST_REMEMBERED) questions.clear()
  const question = `${receivedUntil} ${about}`
  const known = questions.get(question) ?? new Map<string, Remembered>()
  questions.set(question, known)
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
      known.set(keyOf(span), { revision, answer: answers[i] })
      found.set(keyOf(span), answers[i] as T)
    })
  }
  return spans.map((span) => found.get(keyOf(span)) as T)
}
