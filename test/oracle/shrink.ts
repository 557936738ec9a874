import { type Event, parseTree, type Tree } from '@nsm/schema'
import type { Case } from './arbitrary/case.js'
import { addDays } from './calendar.js'

/** A predicate on cases; a case that cannot be asked at all does not fail. */
type Fails = (one: Case) => Promise<boolean>

/** A case is small enough for a reader long before this. */
const MOST_ATTEMPTS = 400

/**
 * The smallest case found that still fails: fewer events, then a plainer definition, a shorter range, plainer events. Made
 * for a predicate that costs time, and for one request: it takes away halves before single things.
 */
export async function shrink(start: Case, fails: Fails): Promise<Case> {
  let best = start
  let attempts = 0
  const keep = async (candidate: Case): Promise<boolean> => {
    if (++attempts > MOST_ATTEMPTS || !(await fails(candidate))) return false
    best = candidate
    return true
  }
  if (best.cut > 0) await keep({ ...best, cut: 0 })
  for (let size = best.events.length; size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < best.events.length; )
      if (!(await keep({ ...best, events: best.events.filter((_, i) => i < at || i >= at + size) }))) at += size
  }
  for (let progress = true; progress; ) {
    progress = false
    for (const candidate of [...plainerTrees(best), ...shorterRanges(best), ...plainerEvents(best)])
      if (await keep(candidate)) {
        progress = true
        break
      }
  }
  return best
}

function* plainerTrees(one: Case): Iterable<Case> {
  for (const [path, value] of leavesOf(one.tree.metrics)) {
    if (path.length < 3 || path.at(-1) === 'kind') continue
    // Without this key; or, of a list, with one item only.
    const attempts = [undefined, ...(Array.isArray(value) && value.length > 1 ? value.map((item) => [item]) : [])]
    for (const attempt of attempts) {
      const tree = parsed({ ...one.tree, metrics: replaced(one.tree.metrics, path, attempt) })
      if (tree) yield { ...one, tree }
    }
  }
  if (one.tree.exclude) yield { ...one, tree: { ...one.tree, exclude: undefined } }
  const [request] = one.requests
  if (!request) return
  const unused = Object.keys(one.tree.metrics).filter((id) => id !== request.metric)
  for (const id of unused) {
    const metrics = Object.fromEntries(Object.entries(one.tree.metrics).filter(([other]) => other !== id))
    const tree = parsed({ ...one.tree, metrics, northStar: [request.metric] })
    if (tree) yield { ...one, tree }
  }
  if (request.segment) yield { ...one, requests: [{ ...request, segment: undefined }] }
  if (request.asOf) yield { ...one, requests: [{ ...request, asOf: undefined }] }
}

function* shorterRanges(one: Case): Iterable<Case> {
  const [request] = one.requests
  if (!request || request.from === request.to) return
  for (const days of [7, 1]) {
    const from = addDays(request.from, days)
    const to = addDays(request.to, -days)
    if (from <= request.to) yield { ...one, requests: [{ ...request, from }] }
    if (to >= request.from) yield { ...one, requests: [{ ...request, to }] }
  }
}

function* plainerEvents(one: Case): Iterable<Case> {
  for (const [i, event] of one.events.entries()) {
    const withEvent = (changes: Partial<Event>): Case => ({
      ...one,
      events: one.events.map((other, at) => (at === i ? { ...event, ...changes } : other)),
    })
    for (const bag of ['properties', 'context'] as const) {
      for (const key of Object.keys(event[bag])) {
        const { [key]: _, ...rest } = event[bag]
        yield withEvent({ [bag]: rest })
      }
    }
    if (event.userId && event.anonymousId) yield withEvent({ anonymousId: '' })
    if (event.receivedAt !== event.time && !one.requests[0]?.asOf) {
      const others = one.events.filter(({ messageId }, at) => at !== i && messageId === event.messageId)
      if (others.length === 0) yield withEvent({ receivedAt: event.time })
    }
  }
}

type Path = string[]

/** Every value below, with its path. */
function* leavesOf(value: unknown, path: Path = []): Iterable<[Path, unknown]> {
  if (path.length > 0) yield [path, value]
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return
  for (const [key, inner] of Object.entries(value)) yield* leavesOf(inner, [...path, key])
}

function replaced(value: unknown, [key, ...rest]: Path, by: unknown): unknown {
  const copy: Record<string, unknown> = { ...(value as Record<string, unknown>) }
  const inner = key as string
  if (rest.length > 0) copy[inner] = replaced(copy[inner], rest, by)
  else if (by === undefined) delete copy[inner]
  else copy[inner] = by
  return copy
}

function parsed(tree: unknown): Tree | undefined {
  const result = parseTree(tree)
  return result.ok ? result.value : undefined
}
