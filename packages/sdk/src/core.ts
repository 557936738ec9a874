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
type Announcement = [outcome: Conclusion, detail: { ids: string[] }]
type Fields = Pick<Message, 'type'> & Partial<Message>

const idsOf = (entries: Entry[]) => entries.map((entry) => entry.key[2])

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
  /** Events of this task. */
  let fresh: Entry[] = []
  let order = 0
  /** An outcome; a consent; or, empty, a new identity. */
  let announce: (message: Announcement | [0, Consent] | []) => void

  const open = () => me && consent === 'granted' && !page()?.prerendering
  const save = () => {
    writeIdentity(name, me)
    announce([])
  }
  const [waiting, store, look, remove, erase] = createOutbox(() => name, emit)
  let timer: ReturnType<typeof setTimeout> | 0 = 0
  let running: Promise<void> | undefined

  /**
   * What can go now, oldest first, up to so many events and bytes: for a page that is left, all it has; otherwise what
   * has its number, and one however large.
   */
  const pick = (most: number, room: number, leaving: boolean) => {
    let bytes = 0
    const batch: Entry[] = []
    for (const entry of waiting.values()) {
      if (entry.json && !entry.flying && batch.length < most && (leaving || entry.saved !== undefined)) {
        bytes += entry.key[3]
        if (bytes < room || !(leaving || batch[0])) batch.push(entry)
      }
    }
    return batch
  }

  /** Another tab has seen the end of events; tells what it means for those that wait here. */
  const hear = ([outcome, detail]: Announcement) => {
    const ids = detail.ids.filter((id) => waiting.delete(id))
    if (ids[0]) emit(outcome, { ...detail, ids } as never)
    arm()
  }

  /** The end of events: told here and to the other tabs; the records go. */
  const end = (outcome: Conclusion, entries: Entry[], why?: object) => {
    const end: Announcement = [outcome, { ...why, ids: idsOf(entries) }]
    hear(end)
    announce(end)
    remove(entries)
  }

  /** One request. Returns how many events the next may have; 0: no next one for now. */
  const attempt = async (batch: Entry[], leaving = false): Promise<number> => {
    let response: Response | undefined
    let refused: { i: number }[] = []
    if (!batch[0]) return 0
    for (const entry of batch) entry.flying = leaving
    try {
      const { endpoint, writeKey } = settings
      // A text goes as text/plain, without a preflight. A redirect would make it a GET, and the page of a Wi-Fi gate
      // a receipt.
      response = await fetch(`${endpoint}/v1/batch`, {
        method: 'POST',
        body: `{"batch":[${batch.map((entry) => entry.json)}],${JSON.stringify({ writeKey, sentAt: new Date() }).slice(1)}`,
        keepalive: leaving,
        credentials: 'omit',
        redirect: 'error',
        signal: AbortSignal.timeout?.(PATIENCE_MS) as AbortSignal,
      })
      refused = (await response.json()).results ?? []
    } catch {
      // No answer, or one cut off after its status, which is all that is needed.
    }
    for (const entry of batch) entry.flying = false
    if (!open()) return 0

    const status = response?.status ?? 0
    if (status === 413 && batch[1]) return batch.length >> 1
    const permanent = [400, 410, 413, 422].includes(status)
    if (permanent) end('rejected', batch, { status })
    if (response?.ok) {
      for (const { i, ...why } of refused) end('rejected', batch.slice(i, i + 1), why)
      end(
        'sent',
        batch.filter((entry) => waiting.has(entry.key[2])),
      )
      me.tries = me.next = 0
    }
    if (permanent || response?.ok) return BATCH_EVENTS
    const time = Date.now()
    const pause = [401, 403, 404].includes(status) ? MOST_MS : retryAfter(response?.headers.get('Retry-After'), time)
    me.until = time + pause
    me.next = time + Math.max(pause, Math.random() * Math.min(MOST_MS, FIRST_MS * 2 ** me.tries++))
    save()
    emit('retry', { ids: idsOf(batch), status, wait: me.next - time })
    return 0
  }

  /** Sends batch after batch until nothing is left or it has to wait. */
  const run = async () => {
    let most = BATCH_EVENTS
    do {
      await look()
      let count = 0
      let bytes = 0
      for (const entry of [...waiting.values()].reverse()) {
        bytes += entry.key[3]
        const reason = entry.key[0] < Date.now() - AGE_MS ? 'age' : (++count > COUNT || bytes > BYTES) && 'size'
        if (reason) end('dropped', [entry], { reason })
      }
      most = me.next > Date.now() ? 0 : await attempt(pick(most, BATCH_BYTES, false))
    } while (most)
    running = undefined
    arm()
  }

  const arm = () => {
    clearTimeout(timer)
    timer = waiting.size && !running && open() ? setTimeout(drain, Math.max(me.next - Date.now(), EVERY_MS)) : 0
  }

  /** Runs while no other tab does. */
  const drain = () => {
    running ??= alone(name, run)
    return running
  }

  /** Takes events, and drafts. Events go within 2 s; at once when 20 wait, or more than may. */
  const add = (entries: Entry[], device: string) => {
    store(entries, device)
    if (waiting.size >= (me.next > Date.now() ? COUNT : SOON_EVENTS)) drain()
    else if (!timer) arm()
  }

  /**
   * The page may be gone in a moment: copies of what waits go in a request that outlives it. That is no receipt until
   * one is seen: the stored copies stay, and go again.
   */
  const leave = () => {
    if (open() && me.until < Date.now()) attempt(pick(COUNT, LEAVE_BYTES, true), true).then(arm)
  }

  const commit = () => {
    if (fresh[0]) add(fresh, me.anonymousId)
    fresh = []
  }

  /** Makes the calls that may be made now: at the end of the task they were made in, or when consent comes. */
  const settle = () => {
    if (!open() && consent !== 'denied') return
    for (const [id, call] of held.splice(0)) {
      try {
        if (consent === 'denied') throw consent
        call()
      } catch (error) {
        emit('ignored', { ids: [id], reason: typeof error === 'string' ? error : 'invalid', error } as never)
      }
    }
    commit()
    // What a page tracks while it is left, and what one in the background tracks, where timers sleep.
    if (page()?.hidden) leave()
  }

  const hold = (id: string, call: () => void) => {
    if (held.push([id, call]) > COUNT) emit('dropped', { ids: [held.shift()![0]], reason: 'size' })
    queueMicrotask(settle)
  }

  /** The page or the network came back, or somebody asked: only the collector can still say no. */
  const wake = async () => {
    settle()
    if (open()) {
      me.next = me.until
      writeIdentity(name, me)
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
    wake()
  }

  const put = (fields: Fields, options?: Moment, change?: Partial<Identity>) => {
    const time = now()
    const id = options?.messageId ?? uuid(time)
    const where = context()
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
          ...where,
          sessionId: sessionAt(me, time),
          groupId: me.groupId,
          groups: { ...me.groups, ...options?.groups },
        },
      }
      if (fields.type === 'alias') event.previousId = me.userId ?? me.anonymousId
      if (settings.beforeSend) event = settings.beforeSend(event)
      if (!event) throw 'before_send'
      // The number comes last, where the outbox finds its place.
      const { context, ...rest } = event
      const json = JSON.stringify({ ...rest, context: { ...context, seq: 0 } })
      const entry: Entry = {
        key: [Date.now(), order++, id, new TextEncoder().encode(json).length, options?.due ?? 0],
        json,
        old: options?.last,
      }
      if (options) options.last = entry
      fresh.push(entry)
    })
    return id
  }

  const init = (options: Options) => {
    if (me) return
    settings = options
    name = `nsm:${options.writeKey}`
    announce = createChannel<Announcement | [0, Consent] | []>(name, (message) => {
      if (message[0]) hear(message)
      else if (message[1]) decide(message[1])
      else me = readIdentity(name, me)
    })
    me = readIdentity(name, newIdentity())
    const quiet = (globalThis.navigator as { globalPrivacyControl?: boolean } | undefined)?.globalPrivacyControl
    if (quiet) console.debug('nsm: GPC')
    decide(consent ?? options.consent ?? (quiet ? 'denied' : 'granted'))

    for (const type of 'online pageshow pagehide visibilitychange prerenderingchange'.split(' ')) {
      globalThis.addEventListener?.(
        type,
        () => {
          const ending = type === 'pagehide'
          if (ending || page()?.hidden) {
            settle()
            if (open()) writeIdentity(name, me)
            leave()
          } else wake()
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
      put({ type: 'track', event, properties }, options),
    reset: () =>
      hold('', () => {
        commit()
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
