import { createBroadcast } from './broadcast.js'
import { now } from './clock.js'
import { context } from './context.js'
import { createEmitter } from './emitter.js'
import { type Identity, isId, newIdentity, readIdentity, sessionAt, writeIdentity } from './identity.js'
import { copy, iso, json } from './json.js'
import { onLifecycle } from './lifecycle.js'
import { page } from './page.js'
import { createQueue, type Draft, type Entry, numbered } from './queue.js'
import { BATCH_EVENTS, backoff, outcomeOf, pauseOf, takeBatch } from './sender.js'
import type { Properties, TrackOptions } from './types/events.js'
import type { Message } from './types/message.js'
import type { Consent, Options } from './types/options.js'
import { uuid } from './uuid.js'
import { withLock } from './with-lock.js'

/** The bounds of what waits, here and among the calls not made yet. */
const AGE_MS = 7 * 24 * 3_600_000
const COUNT = 1_000
const BYTES = 1_000_000
/** When to send: this long after an event, or when this number of events is waiting. */
const EVERY_MS = 2_000
const SOON_EVENTS = 20
/** A request without an answer by then has failed. */
const PATIENCE_MS = 30_000

type Conclusion = 'sent' | 'rejected' | 'dropped'
/** An outcome; a consent; or, empty, a new identity. */
type Announcement = [outcome: Conclusion, detail: { ids: string[] }] | [0, Consent] | []
type Fields = Pick<Message, 'type'> & Partial<Message>

export type Core = ReturnType<typeof createCore>

/** Everything the calls of a tracker share: what waits, who it is, whether it may be said, and how it is sent. */
export function createCore() {
  const [on, emit] = createEmitter()
  let settings: Options
  /** Of the database, the lock, the channel and the identity. */
  let name: string
  let me: Identity
  let consent: Consent | undefined
  let registered: Properties = {}
  /** Calls of this task, and those that have to wait for `init`, consent, or a prerendered page to be shown. */
  const calls: [id: string, call: () => void][] = []
  /** Events of this task, and drafts. */
  const unsaved = new Set<Entry>()
  const [waiting, save, load, end, remove, clear, run] = createQueue(() => name, emit)
  /** The most events in one request, and the number of failures in a row. */
  let most = BATCH_EVENTS
  let failures = 0
  /** When to send again by itself, by `performance.now()`: the device's clock may be set. */
  let next = 0
  let timer: ReturnType<typeof setTimeout> | 0 = 0
  let delivering: Promise<void> | undefined
  /** Aborted when the page is left. */
  let visit: AbortController

  // A form field may be called `prerendering`, too.
  const open = () => me && consent === 'granted' && page()?.prerendering !== true

  const [announce, listen] = createBroadcast<Announcement>(
    () => name,
    ([outcome, detail]) => {
      if (outcome) tell(outcome, detail)
      else {
        me = readIdentity(name, me)
        if (detail) setConsent(detail, 0, detail)
      }
    },
  )

  /** Keeps who it is and what was decided, and says so to the other tabs. */
  const share = (announcement: Announcement = []) => {
    writeIdentity(name, consent === 'granted' ? me : me.consent && { consent: me.consent })
    announce(announcement)
  }

  /** The end of events, in this tab or another: told for those that waited here. */
  const tell = (outcome: Conclusion, detail: { ids: string[]; reason?: string }) => {
    const ids = detail.ids.filter(end)
    if (ids[0]) emit(outcome, { ...detail, ids } as never)
    if (!waiting.size) schedule()
  }

  /** The end of events: told here and to the other tabs; the records go. */
  const conclude = (outcome: Conclusion, entries: Entry[], why?: object) => {
    // Those that were erased meanwhile had records in a database that is gone.
    const left = entries.filter(({ id }) => waiting.has(id))
    const detail = { ...why, ids: left.map(({ id }) => id) }
    tell(outcome, detail)
    announce([outcome, detail])
    remove(left)
  }

  /** For how many ms more the collector does not want to be asked. */
  const pauseLeft = () => {
    me.until = Math.min(me.until!, Date.now() + me.pause!)
    return me.until - Date.now() || 0
  }

  /** One request with the first of these that can go. Resolves to whether the next may follow. */
  const attempt = async (entries: Entry[], leaving: 0 | 1) => {
    // Consent may be withdrawn in the task that makes the last calls.
    await 0
    if (!open()) return false
    const batch = takeBatch(entries, waiting, leaving ? COUNT : most, leaving)
    if (!batch[0]) return false
    let response: Response | undefined
    let refused: [Entry[], object][] = []
    for (const entry of batch) entry.flying = 1 + leaving
    try {
      // A text goes as text/plain, without a preflight. A redirect would make it a GET, and the page of a Wi-Fi gate
      // a receipt.
      response = await fetch(`${settings.endpoint}/v1/batch`, {
        method: 'POST',
        body: `{"writeKey":${json(settings.writeKey)},"batch":[${batch.map(numbered)}],"sentAt":"${iso(Date.now())}"}`,
        keepalive: leaving as never,
        redirect: 'error',
        signal: AbortSignal.timeout?.(PATIENCE_MS) as AbortSignal,
      })
      refused = (await response.json()).results.map(({ i, ...why }: { i: number }) => [batch.slice(i, i + 1), why])
    } catch {
      // No answer; or one without results, or cut off after its status, which is all that is needed.
    }
    for (const entry of batch) entry.flying = 0
    if (!open()) return false

    const status = response?.status ?? 0
    const outcome = outcomeOf(status)
    if (status === 413 && batch[1]) most = batch.length >> 1
    else if (outcome) {
      for (const [entries, why] of refused) conclude('rejected', entries, why)
      conclude(outcome, batch, { status })
      failures = 0
    } else {
      const pause = pauseOf(status, response?.headers?.get('Retry-After'), Date.now())
      const wait = Math.max(pause, backoff(failures++, Math.random()))
      next = performance.now() + wait
      if (pause) {
        me.pause = pause
        me.until = Date.now() + pause
        share()
      }
      emit('retry', { ids: batch.map(({ id }) => id), status, wait })
    }
    return true
  }

  /** Sends what waits, batch after batch, until it has to stop. What comes meanwhile has its own time. */
  const sendAll = async () => {
    // While it waited for its turn consent may have been withdrawn, and the database erased.
    if (!open()) return
    const entries = await load()
    let count = 0
    let bytes = 0
    for (const entry of entries.reverse()) {
      bytes += entry.bytes
      const reason = performance.now() - entry.since > AGE_MS ? 'age' : (++count > COUNT || bytes > BYTES) && 'size'
      if (reason) conclude('dropped', [entry], { reason })
    }
    entries.reverse()
    while (open() && next <= performance.now() && (await attempt(entries, 0)));
  }

  const schedule = () => {
    clearTimeout(timer)
    timer =
      waiting.size && !delivering && open() ? setTimeout(deliver, Math.max(next - performance.now(), EVERY_MS)) : 0
  }

  /** Sends what waits, unless another tab does. */
  const deliver = () => {
    delivering ??= withLock(name, sendAll, visit.signal).then(() => {
      delivering = undefined
      schedule()
    })
    return delivering
  }

  const ignore = (id: string, reason: string, error: unknown) => {
    if (id) emit('ignored', { ids: [id], reason, error } as never)
  }

  /** Makes the calls that may be made now: at the end of the task they were made in, or when consent comes. */
  const makeCalls = (leaving?: boolean) => {
    if (!open() && consent !== 'denied') return
    for (const [id, call] of calls.splice(0)) {
      try {
        if (consent === 'denied') throw consent
        call()
      } catch (error) {
        ignore(id, typeof error === 'string' ? error : 'invalid', error)
      }
    }
    if (unsaved.size) {
      save([...unsaved])
      unsaved.clear()
      // Events go within 2 s; at once when 20 wait, or more than may.
      if (waiting.size > (next > performance.now() ? COUNT : SOON_EVENTS - 1)) deliver()
      else if (!timer) schedule()
    }
    // The page may be gone in a moment, or is in the background, where timers sleep: copies of what waits, the newest
    // first because they may not be stored yet, go in a request that outlives it. That is no receipt until one is seen:
    // the stored copies stay, and go again.
    if ((leaving || page()?.hidden) && open() && pauseLeft() <= 0) attempt([...waiting.values()].reverse(), 1)
  }

  const later = async (id: string, call: () => void) => {
    // What may not be said is not kept.
    if (consent === 'denied') return ignore(id, consent, consent)
    if (calls.push([id, call]) > COUNT) emit('dropped', { ids: [calls.shift()![0]], reason: 'size' })
    // Not `queueMicrotask`, which takes as long as all else that `track` does.
    await 0
    begin()
    makeCalls()
  }

  /** The page or the network came back, or somebody asked: only the collector can still say no. */
  const flush = async () => {
    begin()
    makeCalls()
    if (open()) {
      next = performance.now() + pauseLeft()
      // A delivery on its way may have read the database before the last event was there.
      await delivering
      await deliver()
    }
    return { left: calls.length + waiting.size }
  }

  /**
   * From here on events may be stored and sent, or not. `own`: it was decided on this page, which then erases what is on
   * the device. `said`: what the pages to come shall go by.
   */
  const setConsent = async (decision: Consent, own: unknown, said: Consent | undefined) => {
    // Those of this task were made when something else was decided.
    if (open()) makeCalls()
    consent = decision
    if (decision === 'denied') {
      // Many a banner says no before it says yes, in one task. That erases nothing.
      await 0
      if (!me || consent !== decision) return
      makeCalls()
      const erased = [...waiting.keys()]
      tell('dropped', { ids: erased, reason: decision })
      me = { ...newIdentity(), consent: said }
      if (own) share(said && [0, decision])
      // With what pages left that are gone by now.
      const ids = (await clear(own)).filter((id) => !erased.includes(id))
      if (ids[0]) emit('dropped', { ids, reason: decision })
      if (own && consent === decision) run()
    } else if (me) {
      makeCalls()
      me.consent = said
      if (own && said) share([0, decision])
      // Opens the database, which takes a while, before anything has to be stored.
      if (open()) save([])
      flush()
    }
  }

  const put = (fields: Fields, options: TrackOptions & Draft = {}, change?: Partial<Identity>, ids: unknown[] = []) => {
    const time = now()
    const id = options.messageId || uuid(time)
    const where = page() && {
      url: location.href,
      path: location.pathname,
      title: document.title,
      referrer: document.referrer,
    }
    // As they are now: the page may go on to change them.
    if (fields.properties) fields.properties = copy({ ...registered, ...fields.properties })
    later(id, () => {
      if (![id, ...ids].every(isId)) throw Error('id')
      if (change) {
        me = { ...me, ...change, groups: { ...me.groups, ...change.groups } }
        share()
      }
      let event: Message | null = {
        messageId: id,
        timestamp: iso(options.timestamp ?? time),
        anonymousId: me.anonymousId,
        userId: me.userId,
        previousId: fields.type === 'alias' ? (me.userId ?? me.anonymousId) : undefined,
        ...fields,
        traits: fields.traits && copy(fields.traits),
        context: {
          ...context(),
          page: where,
          sessionId: sessionAt(me, time),
          groupId: me.groupId,
          groups: { ...me.groups, ...options.groups },
        },
      }
      if (settings.beforeSend) event = settings.beforeSend(event)
      if (!event) throw 'before_send'
      const { context: around, ...rest } = event
      const text = json({ ...rest, context: { ...around, seq: 0 } })
      const entry: Entry = Object.assign(options.entry ?? {}, {
        id,
        since: performance.now(),
        due: options.due,
        bytes: new TextEncoder().encode(text).length,
        json: text,
      })
      unsaved.add(entry)
      if (!entry.due) waiting.set(id, entry)
    })
    return id
  }

  const attach = () => {
    visit = new AbortController()
    listen(visit.signal)
    me = readIdentity(name, me)
    return me
  }

  /** Finds out who it is and what may be said. Not while a page loads: reading storage takes some of its time. */
  const begin = () => {
    if (me || !settings) return
    const saved = attach()
    const quiet = (globalThis.navigator as { globalPrivacyControl?: boolean } | undefined)?.globalPrivacyControl
    if (quiet) console.debug('nsm: GPC')
    const said = consent
    const decision = said ?? saved.consent ?? settings.consent ?? (quiet ? 'denied' : 'granted')
    setConsent(decision, said ?? !saved.consent, said ?? saved.consent)
  }

  const init = (options: Options) => {
    if (settings) return
    settings = options
    name = `nsm:${options.writeKey}`
    // At once when there is something to say already.
    if (calls[0] || consent) begin()
    else timer = setTimeout(begin, EVERY_MS)

    onLifecycle((left, hidden, restored) => {
      emit('page', left)
      if (me && restored) {
        // Others may have changed meanwhile who it is, and what may be said.
        const saved = attach()
        setConsent(saved.consent ?? consent!, 0, saved.consent)
      }
      if (hidden) {
        makeCalls(true)
        if (open()) share()
        if (left) visit?.abort()
      } else if (me) flush()
    })
  }

  return {
    init,
    put,
    on,
    flush,
    track: (event: string, properties: Properties = {}, options?: TrackOptions) =>
      put({ type: 'track', event, properties }, options),
    reset: () =>
      later('', () => {
        me = { ...newIdentity(), consent: me.consent }
        share()
      }),
    register(properties: Properties) {
      registered = { ...registered, ...properties }
    },
    consent(decision: Consent) {
      begin()
      if (['granted', 'denied', 'pending'].includes(decision)) setConsent(decision, 1, decision)
      else console.warn('nsm: consent', decision)
    },
    get size() {
      return calls.length + waiting.size
    },
  }
}
