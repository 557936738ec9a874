import { alone } from './alone.js'
import { createChannel } from './channel.js'
import { now } from './clock.js'
import { context } from './context.js'
import { createEmitter } from './emitter.js'
import { type Identity, newIdentity, readIdentity, sessionAt, writeIdentity } from './identity.js'
import type { Moment } from './moments.js'
import { createOutbox, type Entry } from './outbox.js'
import { page } from './page.js'
import { retryAfter } from './retry-after.js'
import type { Properties } from './types/events.js'
import type { Message } from './types/message.js'
import type { Consent, Options } from './types/options.js'
import { uuid } from './uuid.js'

/** The bounds of what waits, here and in `held`. */
const AGE_MS = 7 * 24 * 3_600_000
const COUNT = 1_000
const BYTES = 1_000_000
/** When to send: so long after an event, or when so many wait. */
const EVERY_MS = 2_000
const SOON_EVENTS = 20
const BATCH_EVENTS = 50
const BATCH_BYTES = 48_000
/** All keepalive requests of a page share 64 KiB. */
const LEAVE_BYTES = 60_000
/** No answer for so long is none. */
const PATIENCE_MS = 30_000
/** The wait after the first failure, and the longest; also the pause after a wrong key or address. */
const FIRST_MS = 1_000
const MOST_MS = 5 * 60_000

type Conclusion = 'sent' | 'rejected' | 'dropped'
/** An outcome; a consent; or, empty, a new identity. */
type Announcement = [outcome: Conclusion, detail: { ids: string[] }] | [0, Consent] | []
type Fields = Pick<Message, 'type'> & Partial<Message>

export type Core = ReturnType<typeof createCore>

/** Everything the calls of a tracker share: what waits, who it is, whether it may be said, and the way out. */
export function createCore() {
  const [on, emit] = createEmitter()
  let settings: Options
  /** Of the database, the lock, the channel and the identity. */
  let name: string
  let me: Identity
  let consent: Consent | undefined
  let registered: Properties = {}
  /** Calls of this task, and those that have to wait. */
  const held: [id: string, call: () => void][] = []
  /** Events of this task, and drafts. */
  const fresh = new Set<Entry>()
  const [waiting, store, look, remove, erase] = createOutbox(() => name, emit)
  let timer: ReturnType<typeof setTimeout> | 0 = 0
  let running: Promise<void> | undefined
  /** Aborted when the page is left. */
  let visit: AbortController

  const open = () => me && consent === 'granted' && !page()?.prerendering

  const [announce, listen] = createChannel<Announcement>(
    () => name,
    ([outcome, detail]) => {
      if (outcome) hear(outcome, detail)
      else if (detail) decide(detail)
      else me = readIdentity(name, me)
    },
  )

  const save = () => {
    writeIdentity(name, me)
    announce([])
  }

  /** The end of events, in this tab or another: told for those that waited here. */
  const hear = (outcome: Conclusion, detail: { ids: string[] }) => {
    const ids = detail.ids.filter((id) => waiting.delete(id))
    if (ids[0]) emit(outcome, { ...detail, ids } as never)
    if (!waiting.size) arm()
  }

  /** The end of events: told here and to the other tabs; the records go. */
  const end = (outcome: Conclusion, entries: Entry[], why?: object) => {
    const detail = { ...why, ids: entries.map(({ id }) => id) }
    hear(outcome, detail)
    announce([outcome, detail])
    remove(entries)
  }

  /**
   * One request with the first of these that can go, up to so many and up to the bytes allowed; one however large,
   * unless the page is left. Returns how many the next may have; 0: no next one for now.
   */
  const attempt = async (entries: Entry[], most: number, leaving: 0 | 1): Promise<number> => {
    const batch: Entry[] = []
    let bytes = 0
    let response: Response | undefined
    let refused: { i: number }[] = []
    for (const entry of entries) {
      if (waiting.has(entry.id) && !(entry.flying! > leaving) && batch.length < most) {
        bytes += entry.bytes
        if (leaving ? bytes < LEAVE_BYTES : bytes < BATCH_BYTES || !batch[0]) batch.push(entry)
      }
    }
    if (!batch[0]) return 0
    for (const entry of batch) entry.flying = 1 + leaving
    try {
      const events = batch.map(({ json, seq }) => {
        const event: Message = JSON.parse(json)
        event.context.seq = seq || 0
        return event
      })
      // A text goes as text/plain, without a preflight. A redirect would make it a GET, and the page of a Wi-Fi gate
      // a receipt.
      response = await fetch(`${settings.endpoint}/v1/batch`, {
        method: 'POST',
        body: JSON.stringify({ writeKey: settings.writeKey, batch: events, sentAt: new Date() }),
        keepalive: !!leaving,
        redirect: 'error',
        signal: AbortSignal.timeout?.(PATIENCE_MS) as AbortSignal,
      })
      refused = [...(await response.json()).results]
    } catch {
      // No answer; or one without results, or cut off after its status, which is all that is needed.
    }
    for (const entry of batch) entry.flying = 0
    if (!open()) return 0

    const status = response?.status ?? 0
    if (status === 413 && batch[1]) return batch.length >> 1
    if (response?.ok || [400, 410, 413, 422].includes(status)) {
      for (const { i, ...why } of refused) end('rejected', batch.slice(i, i + 1), why)
      end(response?.ok ? 'sent' : 'rejected', batch, { status })
      me.tries = me.next = 0
      return BATCH_EVENTS
    }
    const time = Date.now()
    const pause = [401, 403, 404].includes(status) ? MOST_MS : retryAfter(response?.headers.get('Retry-After'), time)
    me.until = time + pause
    me.next = time + Math.max(pause, Math.random() * Math.min(MOST_MS, FIRST_MS * 2 ** me.tries++))
    save()
    emit('retry', { ids: batch.map(({ id }) => id), status, wait: me.next - time })
    return 0
  }

  /** Sends what waits, batch after batch, until it has to stop. What comes meanwhile has its own time. */
  const run = async () => {
    // While it waited for its turn consent may have been withdrawn, and the database erased.
    if (!open()) return
    const entries = await look()
    let count = 0
    let bytes = 0
    for (const entry of entries.reverse()) {
      bytes += entry.bytes
      const reason = entry.time < Date.now() - AGE_MS ? 'age' : (++count > COUNT || bytes > BYTES) && 'size'
      if (reason) end('dropped', [entry], { reason })
    }
    entries.reverse()
    let most = BATCH_EVENTS
    while (most && open() && me.next <= Date.now()) most = await attempt(entries, most, 0)
  }

  const arm = () => {
    clearTimeout(timer)
    timer = waiting.size && !running && open() ? setTimeout(drain, Math.max(me.next - Date.now(), EVERY_MS)) : 0
  }

  /** Runs, unless another tab does. */
  const drain = () => {
    running ??= alone(name, run, visit.signal).then(() => {
      running = undefined
      arm()
    })
    return running
  }

  /** Makes the calls that may be made now: at the end of the task they were made in, or when consent comes. */
  const settle = (leaving?: boolean) => {
    if (!open() && consent !== 'denied') return
    for (const [id, call] of held.splice(0)) {
      try {
        if (consent === 'denied') throw consent
        call()
      } catch (error) {
        if (id) emit('ignored', { ids: [id], reason: typeof error === 'string' ? error : 'invalid', error } as never)
      }
    }
    if (fresh.size) {
      store([...fresh])
      fresh.clear()
      // Events go within 2 s; at once when 20 wait, or more than may.
      if (waiting.size > (me.next > Date.now() ? COUNT : SOON_EVENTS - 1)) drain()
      else if (!timer) arm()
    }
    // The page may be gone in a moment, or is in the background, where timers sleep: copies of what waits, the newest
    // first because they may not be stored yet, go in a request that outlives it. That is no receipt until one is seen:
    // the stored copies stay, and go again.
    if ((leaving || page()?.hidden) && open() && me.until < Date.now()) {
      attempt([...waiting.values()].reverse(), COUNT, 1)
    }
  }

  const hold = async (id: string, call: () => void) => {
    if (held.push([id, call]) > COUNT) emit('dropped', { ids: [held.shift()![0]], reason: 'size' })
    // Not `queueMicrotask`, which takes as long as all else that `track` does.
    await 0
    settle()
  }

  /** The page or the network came back, or somebody asked: only the collector can still say no. */
  const wake = async () => {
    settle()
    if (open()) {
      me.next = me.until
      // A run on its way may have looked before the last event was there.
      await running
      await drain()
    }
    return { left: held.length + waiting.size }
  }

  const decide = (next: Consent) => {
    consent = next
    if (next === 'denied' && me) {
      end('dropped', [...waiting.values()], { reason: next })
      me = newIdentity()
      writeIdentity(name)
      erase()
    }
    // Opens the database, which takes a while, before anything has to be stored.
    if (open()) store([])
    wake()
  }

  const put = (fields: Fields, change?: Partial<Identity> | 0, options?: Moment) => {
    const time = now()
    const id = options?.messageId ?? uuid(time)
    const where = page() && { url: document.URL, title: document.title }
    if (fields.properties) fields.properties = { ...registered, ...fields.properties }
    hold(id, () => {
      if (change) {
        me = { ...me, ...change, groups: { ...me.groups, ...change.groups } }
        save()
      }
      let event: Message | null = {
        messageId: id,
        timestamp: new Date(options?.timestamp ?? time).toISOString(),
        anonymousId: me.anonymousId,
        userId: me.userId,
        ...fields,
        context: {
          ...context(),
          page: where && { ...where, path: new URL(where.url).pathname, referrer: document.referrer },
          sessionId: sessionAt(me, time),
          groupId: me.groupId,
          groups: { ...me.groups, ...options?.groups },
        },
      }
      if (fields.type === 'alias') event.previousId = me.userId ?? me.anonymousId
      if (settings.beforeSend) event = settings.beforeSend(event)
      if (!event) throw 'before_send'
      const json = JSON.stringify(event)
      const bytes = new TextEncoder().encode(json).length
      const entry: Entry = Object.assign(options?.entry ?? {}, { id, time, due: options?.due, bytes, json })
      fresh.add(entry)
      if (!entry.due) waiting.set(id, entry)
    })
    return id
  }

  const enter = () => {
    visit = new AbortController()
    listen(visit.signal)
    me = readIdentity(name, me ?? newIdentity())
  }

  const init = (options: Options) => {
    if (me) return
    settings = options
    name = `nsm:${options.writeKey}`
    enter()
    const quiet = (globalThis.navigator as { globalPrivacyControl?: boolean } | undefined)?.globalPrivacyControl
    if (quiet) console.debug('nsm: GPC')
    decide(consent ?? options.consent ?? (quiet ? 'denied' : 'granted'))

    for (const type of 'online pageshow pagehide visibilitychange prerenderingchange'.split(' ')) {
      globalThis.addEventListener?.(
        type,
        (event) => {
          const ending = type === 'pagehide'
          emit('page', ending)
          if (ending || page()?.hidden) {
            settle(true)
            if (open()) writeIdentity(name, me)
            if (ending) visit.abort()
          } else {
            // Out of the back/forward cache: others may have changed who it is.
            if ((event as PageTransitionEvent).persisted) enter()
            wake()
          }
        },
        true,
      )
    }
  }

  return {
    init,
    put,
    on,
    flush: wake,
    track: (event: string, properties: Properties = {}, options?: Moment) =>
      put({ type: 'track', event, properties }, 0, options),
    reset: () =>
      hold('', () => {
        me = newIdentity()
        save()
      }),
    register(properties: Properties) {
      registered = { ...registered, ...properties }
    },
    consent(next: Consent) {
      decide(next)
      if (next === 'denied' && me) announce([0, next])
    },
    get size() {
      return held.length + waiting.size
    },
  }
}
