export {
  alias,
  consent,
  flush,
  group,
  identify,
  init,
  on,
  page,
  register,
  reset,
  size,
  start,
  track,
} from './global.js'
export { createTracker } from './tracker.js'
export type { EventName, Events, Properties, PropertiesOf, TrackArguments, TrackOptions } from './types/events.js'
export type { Message } from './types/message.js'
export type { Consent, Options } from './types/options.js'
export type { FlushResult, Outcomes } from './types/outcome.js'
export type { Stop, Tracker } from './types/tracker.js'
