import { messageSchema } from '@nsm/schema'
import type { Line } from '../collector.js'
import { describeValue } from './plan.js'
import type { Common, Entry, Remains, Told } from './record.js'

const AGE_MS = 7 * 24 * 3_600_000

/**
 * Holds a life against the law: each id that a call returned arrived, or is told as lost with a reason that there was, or
 * was only in the memory of a page that is gone. Returns a sentence for each breach.
 */
export function judge({ entries, alive, left, heard, range }: Remains, lines: Line[]): string[] {
  const breaches: string[] = []
  const delivered = new Map(
    lines.flatMap((line) => (line.kind === 'event' && !line.duplicate ? [[line.event.messageId, line.event]] : [])),
  )
  const calls = entries.filter((entry) => entry.kind === 'call')
  const sends = entries.filter((entry) => entry.kind === 'send')
  const tolds = entries.filter((entry) => entry.kind === 'told')
  const endings = new Map<string, (Common & Told)[]>()
  for (const told of tolds) {
    if (told.outcome === 'sent' || told.outcome === 'retry') continue
    for (const id of told.ids) endings.set(id, [...(endings.get(id) ?? []), told])
  }
  const memoryOnly = new Set(tolds.filter(({ outcome }) => outcome === 'storage').map(({ visit }) => visit))
  /** Somebody said no, or a page began, or went on, with a no. */
  const denies = (entry: Entry) =>
    entry.kind === 'consent'
      ? entry.to === 'denied'
      : (entry.kind === 'opened' || entry.kind === 'back') && entry.possible.includes('denied')
  const deniedAfter = (at: number) => entries.some((entry) => entry.at >= at && denies(entry))

  if (left > 0) breaches.push(`${left} events still wait although the collector has been well for an hour`)
  for (const entry of entries) {
    if (entry.kind === 'threw') breaches.push(`${name(entry)} threw ${entry.error}`)
  }

  const known = new Set<unknown>()
  const badCalls = new Set(calls.flatMap(({ bad, id }) => (bad ? [id] : [])))
  // A moment goes on after its draft was dropped.
  const whole = new Map(calls.flatMap((call) => (call.moment ? [] : [[call.id, call]])))
  // A no that becomes something else in its own task erases nothing.
  const denials = entries.filter(
    (entry) =>
      entry.kind === 'consent' &&
      entry.to === 'denied' &&
      !entries.some(
        (other) =>
          other.kind === 'consent' &&
          other.to !== 'denied' &&
          other.visit === entry.visit &&
          other.step === entry.step &&
          other.order > entry.order,
      ),
  )
  for (const call of calls) {
    const { id, possible, moment } = call
    if (typeof id !== 'string' || id === '') {
      breaches.push(`${name(call)} returned no id`)
      continue
    }
    if (known.has(id)) breaches.push(`${name(call)} returned the id of an earlier call`)
    known.add(id)
    // What was told and sent before a moment was stopped was about its draft.
    const told = (endings.get(id) ?? []).filter((told) => !moment || isAfter(told, call))
    const earlier = moment && sends.some((send) => send.ids.includes(id) && !isAfter(send, call))
    const only = (consent: string) => possible.length === 1 && possible[0] === consent

    if (delivered.has(id)) {
      if (only('denied') && !earlier) breaches.push(`${name(call)} was delivered`)
      const never = told.find(({ outcome }) => outcome === 'rejected' || outcome === 'ignored')
      if (never && !earlier) breaches.push(`${name(call)} was delivered and is told as ${never.outcome}`)
    } else if (told.length === 0) {
      const decided = entries.some(
        (later) => later.visit === call.visit && later.order > call.order && !later.possible.includes('pending'),
      )
      const waited = possible.includes('pending') && !decided && !alive.includes(call.visit)
      if (!waited && !memoryOnly.has(call.visit)) breaches.push(`${name(call)} is lost, and nobody was told`)
    }

    const ways = new Set(told.map(({ outcome, reason }) => `${outcome}: ${reason}`))
    // A moment's draft may be dropped while its end is ignored.
    if (ways.size > 1 && !moment) breaches.push(`${name(call)} is told as ${[...ways].join(' and as ')}`)
    for (const { outcome, reason } of told) {
      const because = `${name(call)} is told as ${outcome}: ${reason}`
      const mayBe =
        outcome === 'ignored' && reason === 'invalid'
          ? call.bad
          : outcome === 'rejected'
            ? call.bad
            : reason === 'denied'
              ? possible.includes('denied') || deniedAfter(call.at)
              : outcome === 'dropped' && reason === 'age' && range > AGE_MS * 0.9
      if (!mayBe) breaches.push(`${because}, without cause`)
      if (only('denied') && outcome === 'dropped' && !moment) breaches.push(`${because}, not as ignored`)
    }
  }

  for (const send of sends) {
    if (!send.possible.includes('granted')) {
      breaches.push(`step ${send.step}: ${send.ids.length} events were sent while consent was ${send.possible}`)
    }
    for (const id of send.ids) {
      const call = whole.get(id)
      const over = call && denials.find((denial) => isAfter(denial, call))
      // Until it has heard of the decision another tab may go on.
      const until = over && heard.find((time) => time >= over.at)
      if (until && send.at > until + 1) breaches.push(`${name(call)} was sent although consent was denied after it`)
    }
  }
  for (const { outcome, ids, step } of tolds) {
    const false_ = outcome === 'sent' ? ids.filter((id) => !delivered.has(id)) : []
    if (false_.length > 0) breaches.push(`step ${step}: ${false_.length} events are told as sent and never arrived`)
  }
  for (const [id, event] of delivered) {
    // A moment that nobody stopped ends with its page.
    if (!known.has(id) && event.event !== 'moment') breaches.push(`${id} was delivered, and no call returned it`)
    const { error } = messageSchema.safeParse(event)
    // What the real collector refuses is told; that may happen to a call with bad arguments, and to no other.
    if (error && badCalls.has(id)) continue
    const problem = problemOf(event as never) ?? error?.issues[0]?.message
    if (problem) breaches.push(`${id} was delivered with ${problem}`)
  }
  return breaches
}

const isAfter = (entry: Common, other: Common) =>
  entry.visit === other.visit ? entry.order > other.order : entry.at >= other.at

const name = ({ call, args, step, possible, visit, id }: Common & { call: string; args: unknown[]; id?: unknown }) =>
  `step ${step}: ${call}(${args.map(describeValue).join(', ')}) at ${possible.join(' or ')} (visit ${visit}, ${id})`

/** An id in an event that is none. */
function problemOf(event: {
  userId?: unknown
  groupId?: unknown
  context?: { groupId?: unknown; groups?: Record<string, unknown> }
}): string | undefined {
  const { userId, groupId, context = {} } = event
  const ids = { userId, groupId, 'context.groupId': context.groupId, ...context.groups }
  for (const [key, id] of Object.entries(ids)) {
    if (id !== undefined && (typeof id !== 'string' || id.trim() === '' || id.length > 200)) {
      return `${key} ${describeValue(id)}`
    }
  }
  return
}
