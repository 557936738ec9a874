import { now } from './clock.js'
import { context } from './context.js'
import { type Core, createCore } from './core.js'
import type { Identity } from './identity.js'
import type { Events, Properties, TrackOptions } from './types/events.js'
import type { Message } from './types/message.js'
import type { Consent, Options } from './types/options.js'
import type { Outcomes } from './types/outcome.js'
import type { Tracker } from './types/tracker.js'
import { uuid } from './uuid.js'

type Fields = Pick<Message, 'type'> & Partial<Message>

/**
 * A tracker. Without options it keeps its calls until `init`.
 *
 * Trackers of one page with the same write key share queue and identity.
 */
export function createTracker<E = Events>(options?: Options): Tracker<E> {
  let core: Core | undefined
  let beforeSend: Options['beforeSend']
  let registered: Properties = {}
  /** Calls made before `init`. */
  let early: ((core: Core) => void)[] = []

  const whenReady = (call: (core: Core) => void) => {
    if (core) call(core)
    else early.push(call)
  }

  /** Makes an event, with `fields` as they are once `change` has been made to who this is. */
  const put = (
    fields: Fields | ((me: Identity) => Fields),
    { messageId, timestamp, groups }: TrackOptions = {},
  ): string => {
    const time = now()
    const id = messageId ?? uuid(time)
    const where = context()
    whenReady((core) =>
      core.attempt(id, () => {
        const draft = typeof fields === 'function' ? core.change(fields) : fields
        const at = new Date(timestamp ?? time).toISOString()
        core.put({ ...draft, messageId: id, timestamp: at, context: { ...where, groups } }, time, beforeSend)
      }),
    )
    return id
  }

  const tracker = {
    init(options: Options) {
      if (core) return
      beforeSend = options.beforeSend
      core = createCore(options)
      for (const call of early) call(core)
      early = []
    },
    track: (event: string, properties?: Properties, options?: TrackOptions) =>
      put({ type: 'track', event, properties: { ...registered, ...properties } }, options),
    page: (name?: string, properties?: Properties) =>
      put({ type: 'page', name, properties: { ...registered, ...properties } }),
    identify: (userId: string, traits?: Properties) =>
      put((me) => {
        me.userId = userId
        return { type: 'identify', traits }
      }),
    group: (type: string, id?: string | Properties, traits?: Properties) =>
      put((me) => {
        if (typeof id === 'object' || id == null) {
          me.groupId = type
          return { type: 'group', groupId: type, traits: id }
        }
        me.groups = { ...me.groups, [type]: id }
        return { type: 'group', groupId: id, groupType: type, traits }
      }),
    alias: (userId: string) => put((me) => ({ type: 'alias', userId, previousId: me.userId ?? me.anonymousId })),
    reset: () => whenReady((core) => core.forget()),
    register(properties: Properties) {
      registered = { ...registered, ...properties }
    },
    consent: (consent: Consent) => whenReady((core) => core.consent(consent)),
    flush: () => new Promise((resolve) => whenReady((core) => resolve(core.flush()))),
    on(outcome: keyof Outcomes, handler: (detail: never) => void) {
      let off = () => {}
      let ended = false
      whenReady((core) => {
        if (!ended) off = core.on(outcome, handler)
      })
      return () => {
        ended = true
        off()
      }
    },
    get size() {
      return early.length + (core?.size() ?? 0)
    },
  }
  if (options) tracker.init(options)
  return tracker as unknown as Tracker<E>
}
