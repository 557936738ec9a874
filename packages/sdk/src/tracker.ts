import { createChannel } from './channel.js'
import { now } from './clock.js'
import { context } from './context.js'
import { createEmitter } from './emitter.js'
import { type Identity, newIdentity, readIdentity, sessionAt, writeIdentity } from './identity.js'
import { createMoments, type Moment } from './moments.js'
import type { Entry } from './outbox.js'
import { page } from './page.js'
import { type Announcement, createSender } from './sender.js'
import type { Events, Properties } from './types/events.js'
import type { Message } from './types/message.js'
import type { Consent, Options } from './types/options.js'
import type { Tracker } from './types/tracker.js'
import { uuid } from './uuid.js'

/** So many calls are kept before `init`, without consent, or while the page is only prerendered. */
const HELD = 1_000

type Fields = Pick<Message, 'type'> & Partial<Message>

/** A tracker. Without options it keeps its calls until `init`. */
export function createTracker<E = Events>(options?: Options): Tracker<E> {
  const [on, emit] = createEmitter()
  let settings: Options
  let me: Identity
  let consent: Consent | undefined
  let registered: Properties = {}
  /** Calls of this task, and those that have to wait. */
  const held: [id: string, call: () => void][] = []
  /** Events of this task. */
  let fresh: Entry[] = []
  /** An outcome; a consent; or, empty, a new identity. */
  let announce: (message: Announcement | [0, Consent] | []) => void

  const name = () => `nsm:${settings.writeKey}`
  const open = () => me && consent === 'granted' && !page()?.prerendering
  const save = () => {
    writeIdentity(name(), me)
    announce([])
  }
  const [waiting, add, drain, leave, hear, end, erase] = createSender(
    name,
    () => settings,
    () => me,
    open,
    save,
    emit,
    (message) => announce(message),
  )

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
    if (held.push([id, call]) > HELD) emit('dropped', { ids: held.splice(0, 1).map(([id]) => id), reason: 'size' })
    queueMicrotask(settle)
  }

  /** The page or the network came back, or somebody asked: only the collector can still say no. */
  const wake = async () => {
    settle()
    if (open()) {
      me.next = me.until
      writeIdentity(name(), me)
      await drain()
    }
    return { left: held.length + waiting.size }
  }

  const decide = (next: Consent) => {
    consent = next
    if (next === 'denied' && me) {
      end('dropped', [...waiting.values()], { reason: next })
      me = newIdentity()
      writeIdentity(name())
      erase()
    }
    wake()
  }

  const put = (fields: Fields, options?: Moment, change?: Partial<Identity>) => {
    const time = now()
    const id = options?.messageId ?? uuid(time)
    const where = context()
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
        key: [Date.now(), id, new TextEncoder().encode(json).length, options?.due ?? 0],
        json,
        old: options?.last,
      }
      if (options) options.last = entry
      fresh.push(entry)
    })
    return id
  }

  const track = (event: string, properties?: Properties, options?: Moment) =>
    put({ type: 'track', event, properties: { ...registered, ...properties } }, options)

  const [start, beat] = createMoments(track)

  const init = (options: Options) => {
    if (me) return
    settings = options
    announce = createChannel<Announcement | [0, Consent] | []>(name(), (message) => {
      if (message[0]) hear(message)
      else if (message[1]) decide(message[1])
      else me = readIdentity(name(), me)
    })
    me = readIdentity(name(), newIdentity())
    const quiet = (globalThis.navigator as { globalPrivacyControl?: boolean } | undefined)?.globalPrivacyControl
    if (quiet) console.debug('nsm: Global Privacy Control')
    decide(consent ?? options.consent ?? (quiet ? 'denied' : 'granted'))

    for (const type of ['online', 'pageshow', 'pagehide', 'visibilitychange', 'prerenderingchange']) {
      globalThis.addEventListener?.(
        type,
        () => {
          const ending = type === 'pagehide'
          beat(ending)
          if (ending || page()?.hidden) {
            settle()
            if (open()) writeIdentity(name(), me)
            leave()
          } else wake()
        },
        true,
      )
    }
  }
  if (options) init(options)

  return {
    init,
    track,
    start,
    on,
    flush: wake,
    page: (name?: string, properties?: Properties) =>
      put({ type: 'page', name, properties: { ...registered, ...properties } }),
    identify: (userId: string, traits?: Properties) => put({ type: 'identify', traits }, {}, { userId }),
    group: (type: string, id?: string, traits?: Properties) =>
      id
        ? put({ type: 'group', groupId: id, groupType: type, traits }, {}, { groups: { [type]: id } })
        : put({ type: 'group', groupId: type }, {}, { groupId: type }),
    alias: (userId: string) => put({ type: 'alias', userId }),
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
  } as unknown as Tracker<E>
}
