import type { Properties } from './events.js'

/** One event as it goes over the wire: a Segment message. */
export interface Message {
  type: 'track' | 'identify' | 'group' | 'alias' | 'page'
  messageId: string
  /** ISO 8601, UTC: when it happened by this device's clock. */
  timestamp: string
  anonymousId: string
  userId?: string | undefined
  /** The name of a track event. */
  event?: string | undefined
  /** The name of a page. */
  name?: string | undefined
  properties?: Properties | undefined
  traits?: Properties | undefined
  groupId?: string | undefined
  groupType?: string | undefined
  previousId?: string | undefined
  context: Properties
}
