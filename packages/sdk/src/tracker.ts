import { createCore } from './core.js'
import { createAlias, createGroup, createIdentify, createPage } from './methods.js'
import { createStart } from './timed-events.js'
import type { Events } from './types/events.js'
import type { Options } from './types/options.js'
import type { Tracker } from './types/tracker.js'

/** A tracker. Without options it keeps its calls until `init`. */
export function createTracker<E = Events>(options?: Options): Tracker<E> {
  const core = createCore()
  const { put } = core
  if (options) core.init(options)
  // Inlined where this is bundled: each is called only here.
  return Object.assign(core, {
    page: /* @__INLINE__ */ createPage(put),
    identify: /* @__INLINE__ */ createIdentify(put),
    group: /* @__INLINE__ */ createGroup(put),
    alias: /* @__INLINE__ */ createAlias(put),
    start: /* @__INLINE__ */ createStart(core),
  }) as unknown as Tracker<E>
}
