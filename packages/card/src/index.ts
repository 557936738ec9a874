export { NsmCard } from './element.js'
export { NsmErrorEvent, NsmInspectEvent, NsmLoadEvent } from './events.js'
export type { Fetcher, ReportRequest } from './live/source.js'
