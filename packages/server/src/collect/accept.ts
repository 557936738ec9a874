import { type Event, happenedAt, isTooDeep, LIMITS, type Message, messageSchema, parseWith, toEvent } from '@nsm/schema'
import { CODES, type Code, HORIZON_DAYS, RequestError } from '../http/codes.js'
import type { Rejection } from './answer.js'

/** What acceptance needs from outside; it has no clock and no chance of its own. */
export interface Circumstances {
  /** ms since the epoch. */
  receivedAt: number
  /** When the sender sent the batch by its own clock; ms since the epoch. */
  sentAt?: number | undefined
  /** Put under each message's own context. */
  context?: Record<string, unknown> | null | undefined
  /** Whether an event with this id is known to be on disk. */
  isKnown(id: string): boolean
  /** The identity of a message that brings none. */
  mintId(): string
  /**
   * History from somebody with the secret key: as old as it is, with a time of its own and, where it says so, a receipt
   * of its own.
   */
  imported?: boolean
}

export interface Accepted {
  /** The events as lines of JSON, as the journal holds them. */
  lines: string[]
  /** Their ids, to be remembered once they are on disk. */
  ids: string[]
  duplicate: number
  rejections: Rejection[]
}

const HORIZON_MS = HORIZON_DAYS * 86_400_000

type Step = { event: Event; line: string } | 'duplicate' | Omit<Rejection, 'i'>

/** A batch's own context is put under each of its events; as lines they may grow to this and no further. */
const LINES_LIMIT = 4 * LIMITS.batchBytes

/**
 * Looks at the messages of a batch one by one: sound, new, young, shallow, small. One bad one never takes the others
 * with it.
 *
 * @throws RequestError `batch_too_large` when a shared context would make the events many times the batch
 */
export function accept(messages: readonly unknown[], circumstances: Circumstances): Accepted {
  const accepted: Accepted = { lines: [], ids: [], duplicate: 0, rejections: [] }
  let characters = 0
  for (let i = 0; i < messages.length; i++) {
    const step = acceptOne(messages[i], circumstances)
    if (step === 'duplicate') accepted.duplicate++
    else if ('code' in step) accepted.rejections.push({ i, ...step })
    else {
      characters += step.line.length
      if (characters > LINES_LIMIT) throw new RequestError('batch_too_large')
      accepted.lines.push(step.line)
      accepted.ids.push(step.event.messageId)
    }
  }
  return accepted
}

function acceptOne(raw: unknown, circumstances: Circumstances): Step {
  const { context, imported = false } = circumstances
  // First of all: nothing that works its way down a value may meet one that is nested thousands of levels deep.
  if (isTooDeep(raw)) return reject('too_deep')
  const input = imported ? raw : withoutReceipt(raw)
  const parsed = messageSchema.safeParse(input)
  if (!parsed.success) return invalid(input)
  const message = parsed.data
  if (message.messageId !== undefined && circumstances.isKnown(message.messageId)) return 'duplicate'
  if (imported && happenedAt(message) === undefined && message.receivedAt === undefined) {
    return reject('missing_timestamp', 'timestamp')
  }
  const { receivedAt, sentAt } = receiptOf(message, circumstances)
  const event = toEvent(context ? { ...message, context: { ...context, ...message.context } } : message, {
    receivedAt,
    sentAt,
    messageId: message.messageId ?? circumstances.mintId(),
  })
  if (!imported && event.time < receivedAt - HORIZON_MS) return reject('too_old', 'timestamp')
  // The batch's own context may be in it.
  if (context && isTooDeep({ context: event.context })) return reject('too_deep')
  const line = JSON.stringify(event)
  // The event's own keys are longer than the message's; only near the limit is the message itself measured.
  if (line.length * 3 > LIMITS.eventBytes && Buffer.byteLength(JSON.stringify(raw)) > LIMITS.eventBytes) {
    return reject('event_too_large')
  }
  return { event, line }
}

/** When it was received and sent. In an import the sending belongs to the receipt that the message itself tells of, never to today's. */
function receiptOf(message: Message, { receivedAt, sentAt, imported }: Circumstances) {
  if (!imported) return { receivedAt, sentAt: message.sentAt ?? sentAt }
  if (message.receivedAt === undefined) return { receivedAt, sentAt: undefined }
  return { receivedAt: message.receivedAt, sentAt: message.sentAt }
}

/** The public has no say in when an event was received, and no event is rejected for what it says about it. */
function withoutReceipt(raw: unknown): unknown {
  if (typeof raw !== 'object' || raw === null || !('receivedAt' in raw)) return raw
  const { receivedAt: _, ...rest } = raw
  return rest
}

function invalid(raw: unknown): Omit<Rejection, 'i'> {
  const parsed = parseWith(messageSchema, raw)
  const problem = parsed.ok ? undefined : parsed.problems[0]
  return { ...reject('invalid_message', problem?.path), ...(problem ? { message: problem.message } : {}) }
}

function reject(code: Code, path?: string): Omit<Rejection, 'i'> {
  const { status, sentence } = CODES[code]
  return { status, code, message: sentence, ...(path ? { path } : {}) }
}
