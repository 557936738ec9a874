import type { Message, MessageType } from './message.js'

/**
 * One event as the journal and the store hold it: a message with its identity, its time put right, and when it came.
 * The first received of all copies (same `messageId`) is the event.
 */
export interface Event {
  messageId: string
  type: MessageType
  /** The name metrics count by: a track's `event`; `$page`, `$screen`, `$identify`, `$group`, `$alias` for the others. */
  name: string
  /** When it happened; ms since the epoch, UTC, the sender's clock corrected. */
  time: number
  /** When a collector first had it; ms since the epoch, UTC. */
  receivedAt: number
  /** `''` when there is none. */
  userId: string
  /** `''` when there is none. */
  anonymousId: string
  /** The other id of an alias, the account of a group; `''` for the rest. */
  otherId: string
  /** A track's, page's or screen's properties; the traits of an identify or group. */
  properties: Record<string, unknown>
  context: Record<string, unknown>
}

const MINUTE = 60_000
/** A clock nearer than this is taken as right: the difference may be the network's. */
const CLOCK_TOLERANCE_MS = MINUTE
/** An event may lie this far ahead of its receipt; beyond, it counts as happening when it came. */
const AHEAD_MS = 5 * MINUTE

export interface Receipt {
  /** When the collector had it; ms since the epoch. */
  receivedAt: number
  /** When the sender sent it by its own clock; ms since the epoch. Without it no clock is corrected. */
  sentAt?: number | undefined
  /** The identity of a message that brings none. */
  messageId: string
}

/** When a message says it happened, by the sender's clock; ms since the epoch. */
export function happenedAt(message: Message): number | undefined {
  return message.timestamp ?? message.originalTimestamp
}

/**
 * Turns a message into the event that is kept.
 *
 * The event's time is the sender's. When `sentAt` and the receipt differ by more than a minute the sender's clock is
 * wrong by that difference and the time is moved by it, if the two were told by one clock. A time more than five minutes ahead of the receipt is the receipt's.
 */
export function toEvent(message: Message, receipt: Receipt): Event {
  const { receivedAt, sentAt } = receipt
  const own = happenedAt(message)
  const skew = sentAt === undefined || !isOfClock(sentAt, message) ? 0 : receivedAt - sentAt
  const corrected = own === undefined ? receivedAt : Math.abs(skew) > CLOCK_TOLERANCE_MS ? own + skew : own
  return {
    messageId: message.messageId ?? receipt.messageId,
    type: message.type,
    name: message.type === 'track' ? message.event : `$${message.type}`,
    time: corrected > receivedAt + AHEAD_MS ? receivedAt : corrected,
    receivedAt,
    userId: message.userId ?? '',
    anonymousId: message.anonymousId ?? '',
    otherId:
      message.type === 'alias' ? (message.previousId ?? '') : message.type === 'group' ? (message.groupId ?? '') : '',
    properties: properties(message),
    context: message.context ?? {},
  }
}

/**
 * Whether the clock that told `sentAt` told the message's time as well.
 *
 * It did not when the event would have been sent before it happened: Go's and .NET's empty time is the year 1. Nor when
 * a `timestamp` stands beside another `originalTimestamp`: Segment has corrected it already, as in its archives, or a
 * caller of RudderStack's library gave it, and RudderStack takes it as it is.
 */
function isOfClock(sentAt: number, message: Message): boolean {
  const { timestamp, originalTimestamp } = message
  if (timestamp !== undefined && originalTimestamp !== undefined && timestamp !== originalTimestamp) return false
  return sentAt >= (happenedAt(message) ?? sentAt) - CLOCK_TOLERANCE_MS
}

function properties(message: Message): Record<string, unknown> {
  switch (message.type) {
    case 'identify':
      return message.traits ?? traitsOf(message.context)
    case 'group':
      return message.traits ?? {}
    case 'alias':
      return {}
    case 'page':
    case 'screen':
      return {
        ...(message.name == null ? {} : { name: message.name }),
        ...(message.category == null ? {} : { category: message.category }),
        ...message.properties,
      }
    case 'track':
      return message.properties ?? {}
  }
}

/** RudderStack's library for browsers sends a person's traits here only. Beside a group they are still the person's. */
function traitsOf(context: Message['context']): Record<string, unknown> {
  const traits = context?.['traits']
  const isObject = typeof traits === 'object' && traits !== null && !Array.isArray(traits)
  return isObject ? (traits as Record<string, unknown>) : {}
}
