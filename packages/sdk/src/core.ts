import { createEmitter } from './emitter.js'
import { type Identity, readIdentity, sessionAt, writeIdentity } from './identity.js'
import { COUNT } from './key.js'
import { hidden, watch } from './lifecycle.js'
import { createOutbox } from './outbox.js'
import { createSender } from './sender.js'
import type { Message } from './types/message.js'
import type { Consent, Options } from './types/options.js'
import { uuid } from './uuid.js'

export type Core = ReturnType<typeof createCore>

/** An event before it is known whose it is. */
export type Draft = Omit<Message, 'anonymousId'>

/** What the trackers of a page with one write key share: who it is, whether it may be said, and what waits. */
export function createCore(options: Options) {
  const name = `nsm:${options.writeKey}`
  const [on, emit] = createEmitter()
  let consent = options.consent
  if (!consent) {
    consent = 'granted'
    if ((globalThis.navigator as { globalPrivacyControl?: boolean })?.globalPrivacyControl) {
      consent = 'denied'
      console.debug('nsm: nothing is tracked, this browser sends Global Privacy Control')
    }
  }
  let me: Identity | undefined
  /** Calls that wait for consent, or for a prerendered page to be shown. */
  let held: [id: string, call: () => void][] = []

  const holding = () => consent === 'pending' || !!(globalThis.document as { prerendering?: boolean })?.prerendering
  const open = () => consent === 'granted' && !holding()
  const outbox = createOutbox(name, emit)
  const sender = createSender(name, options, outbox, emit, open)

  const save = () => writeIdentity(name, me)
  const identity = () => {
    if (!me) {
      me = readIdentity(name, Date.now())
      save()
    }
    return me
  }

  const settle = () => {
    if (consent === 'denied') {
      const ids = [...held.map(([id]) => id), ...outbox.mine.keys()]
      if (ids[0]) emit('dropped', { ids, reason: 'consent' })
      held = []
      me = undefined
      save()
      outbox.erase()
      sender.clear()
    } else if (open()) {
      const calls = held
      held = []
      for (const [, call] of calls) call()
      sender.drain(true)
    }
  }

  const core = {
    on,
    /** Changes who this is. */
    change<T>(change: (me: Identity) => T): T {
      const result = change(identity())
      save()
      return result
    },
    size: () => held.length + sender.size(),
    flush: sender.flush,
    consent(next: Consent) {
      consent = next
      settle()
    },
    /** Makes a call about the event `id` now, or when it may be made; what it throws is told as `ignored`. */
    attempt(id: string, call: () => void) {
      if (consent === 'denied') emit('ignored', { ids: [id], reason: 'consent' })
      else if (holding()) {
        if (held.push([id, call]) > COUNT) {
          emit('dropped', { ids: held.splice(0, 1).map(([id]) => id), reason: 'count' })
        }
      } else {
        try {
          call()
        } catch (error) {
          emit('ignored', { ids: [id], reason: 'invalid', error })
        }
      }
    },
    /** Puts an event into the outbox, as the event of who this is now. */
    put(draft: Draft, time: number, beforeSend: Options['beforeSend']) {
      const me = identity()
      const ids = [draft.messageId]
      const message: Message = {
        ...draft,
        userId: draft.userId ?? me.userId,
        anonymousId: me.anonymousId,
        context: {
          ...draft.context,
          sessionId: sessionAt(me, time),
          groupId: me.groupId,
          groups: { ...me.groups, ...(draft.context.groups as object) },
        },
      }
      let event: Message | null = message
      try {
        if (beforeSend) event = beforeSend(message)
      } catch (error) {
        // It may be what takes secrets out, so nothing goes past it.
        return emit('ignored', { ids, reason: 'before_send', error })
      }
      if (!event) return emit('ignored', { ids, reason: 'before_send' })
      // `seq` comes last: there the outbox writes the number.
      const { context, ...rest } = event
      const json = JSON.stringify({ ...rest, context: { ...context, seq: 0 } })
      sender.add({
        key: [Date.now(), draft.messageId, new TextEncoder().encode(json).length, 0],
        json,
        device: me.anonymousId,
      })
      // Late events of a page that is being left, and those of one in the background, where timers sleep.
      if (hidden()) queueMicrotask(sender.leave)
    },
    /** From here on it is somebody else. */
    forget() {
      outbox.write()
      me = { anonymousId: uuid(Date.now()) }
      save()
    },
  }

  watch({
    back() {
      if (open()) sender.drain(true)
    },
    away(ending) {
      if (me) save()
      if (ending) sender.stop()
      sender.leave()
    },
    shown: settle,
    stored(key) {
      if (key === name) me = undefined
    },
  })
  settle()
  return core
}
