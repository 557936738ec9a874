export { NsmErrorEvent, NsmInspectEvent, NsmLoadEvent } from './events.js'
export type { Fetcher, ReportRequest } from './live/source.js'
export { NsmCard } from './nsm-card.js'
