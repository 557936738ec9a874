import { createHash } from 'node:crypto'
import { type Event, happenedAt, isTooDeep, LIMITS, type Message, messageSchema, parseWith, toEvent } from '@nsm/schema'
import type { Rejection, Row } from './row.js'

export type Reading = { ok: true; message: Message } | { ok: false; rejection: Rejection }

/** Reads a message from a row's value. It must have a time; otherwise, history would count as today. */
export function toMessage(value: unknown): Reading {
  // Check this first: recursive code must never see a value that is nested thousands of levels deep.
  if (isTooDeep(value)) {
    return {
      ok: false,
      rejection: { code: 'too_deep', message: `The event is nested more than ${LIMITS.levels} levels deep.`, path: '' },
    }
  }
  const parsed = parseWith(messageSchema, value)
  if (!parsed.ok) {
    const { path, message } = parsed.problems[0] as { path: string; message: string }
    return { ok: false, rejection: { code: 'invalid_message', message, path } }
  }
  const message = parsed.value
  if (happenedAt(message) === undefined && message.receivedAt === undefined) {
    return {
      ok: false,
      rejection: {
        code: 'missing_timestamp',
        message: 'The event has no time. Add a "timestamp" that says when it happened.',
        path: 'timestamp',
      },
    }
  }
  return { ok: true, message }
}

/** Rejects a row that is longer than an event may be. */
export function checkSize(row: Row): Rejection | undefined {
  // A UTF-16 code unit takes at most three bytes in UTF-8, so most rows don't need an exact count.
  if (row.text.length * 3 <= LIMITS.eventBytes) return undefined
  const bytes = Buffer.byteLength(row.text)
  if (bytes <= LIMITS.eventBytes) return undefined
  return {
    code: 'event_too_large',
    message: `The event is ${bytes} bytes long. The limit is ${LIMITS.eventBytes}.`,
    path: '',
  }
}

/** The id of a row without a `messageId`, from its text and line, so that importing it again doesn't count it twice. */
export function rowId(row: Pick<Row, 'line' | 'text'>): string {
  return `row-${createHash('sha256').update(`${row.line}\n${row.text}`).digest('hex').slice(0, 32)}`
}

/**
 * The event of a message from a file. The message's `receivedAt` is kept; `otherwise` is used without one.
 * `sentAt` corrects the sender's clock only if the message has its own `receivedAt`.
 */
export function toStoredEvent(message: Message, id: string, otherwise: number | 'when it happened'): Event {
  if (message.receivedAt !== undefined) {
    return toEvent(message, { receivedAt: message.receivedAt, sentAt: message.sentAt, messageId: id })
  }
  const receivedAt = otherwise === 'when it happened' ? (happenedAt(message) as number) : otherwise
  return toEvent(message, { receivedAt, messageId: id })
}

/** The event of a row in a file that is queried directly. Without `receivedAt`, it counts as received when it happened. */
export function readEvent(row: Row): { ok: true; event: Event } | { ok: false; sentence: string } {
  const rejection = row.content.ok ? checkSize(row) : row.content.rejection
  if (rejection) return { ok: false, sentence: sentenceOf(rejection) }
  const read = toMessage(row.content.ok ? row.content.value : undefined)
  if (!read.ok) return { ok: false, sentence: sentenceOf(read.rejection) }
  return { ok: true, event: toStoredEvent(read.message, read.message.messageId ?? rowId(row), 'when it happened') }
}

const sentenceOf = ({ path, message }: Rejection) => (path === '' ? message : `${path}: ${message}`)
