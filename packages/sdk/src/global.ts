import { createCore } from './core.js'
import { createAlias, createGroup, createIdentify, createPage } from './methods.js'
import { createStart } from './timed-events.js'
import type { Tracker } from './types/tracker.js'

/** The tracker behind the module functions: in parts, so that a bundle has only those it uses. */
const core = /* @__PURE__ */ createCore()
const { put } = core

const tracker = core as unknown as Tracker

// Named one by one: a type worked out here would be that of today's, empty, `Events`.
export const init: Tracker['init'] = tracker.init
export const track: Tracker['track'] = tracker.track
export const reset: Tracker['reset'] = tracker.reset
export const register: Tracker['register'] = tracker.register
export const consent: Tracker['consent'] = tracker.consent
export const flush: Tracker['flush'] = tracker.flush
export const on: Tracker['on'] = tracker.on
export const page: Tracker['page'] = /* @__PURE__ */ createPage(put)
export const identify: Tracker['identify'] = /* @__PURE__ */ createIdentify(put)
export const group: Tracker['group'] = /* @__PURE__ */ createGroup(put)
export const alias: Tracker['alias'] = /* @__PURE__ */ createAlias(put)
export const start: Tracker['start'] = /* @__PURE__ */ createStart(core) as Tracker['start']

/** How many events of this device are known to wait. */
export const size = (): number => core.size
