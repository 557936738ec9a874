import { createHash } from 'node:crypto'
import { type Event, happenedAt, isTooDeep, LIMITS, type Message, messageSchema, parseWith, toEvent } from '@nsm/schema'
import type { Rejection, Row } from './row.js'

export type Reading = { ok: true; message: Message } | { ok: false; rejection: Rejection }

/** Reads a message out of a row's value. A time is needed: without one, history would happen today. */
export function toMessage(value: unknown): Reading {
  // First of all: nothing that works its way down a value may meet one that is nested thousands of levels deep.
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
        message: 'Add a "timestamp" that says when it happened.',
        path: 'timestamp',
      },
    }
  }
  return { ok: true, message }
}

/** Rejects a row that is longer than an event may be. */
export function checkSize(row: Row): Rejection | undefined {
  // A character has at most three bytes in UTF-8 for each of its code units: most rows need no count.
  if (row.text.length * 3 <= LIMITS.eventBytes) return undefined
  const bytes = Buffer.byteLength(row.text)
  if (bytes <= LIMITS.eventBytes) return undefined
  return {
    code: 'event_too_large',
    message: `The event has ${bytes} bytes. The limit is ${LIMITS.eventBytes}.`,
    path: '',
  }
}

/** The identity of a row that brings no `messageId`: of what it says and where it stands, so that a second import finds it again. */
export function rowId(row: Pick<Row, 'line' | 'text'>): string {
  return `row-${createHash('sha256').update(`${row.line}\n${row.text}`).digest('hex').slice(0, 32)}`
}

/**
 * The event of a message from a file. A `receivedAt` of its own is honoured; without one it was received at `otherwise`.
 * A `sentAt` corrects a clock only against a receipt of the same sending.
 */
export function toStoredEvent(message: Message, id: string, otherwise: number | 'when it happened'): Event {
  if (message.receivedAt !== undefined) {
    return toEvent(message, { receivedAt: message.receivedAt, sentAt: message.sentAt, messageId: id })
  }
  const receivedAt = otherwise === 'when it happened' ? (happenedAt(message) as number) : otherwise
  return toEvent(message, { receivedAt, messageId: id })
}

/** The event of a row of a file that is queried as it is: received when it happened, where it does not say. */
export function readEvent(row: Row): { ok: true; event: Event } | { ok: false; sentence: string } {
  const rejection = row.content.ok ? checkSize(row) : row.content.rejection
  if (rejection) return { ok: false, sentence: sentenceOf(rejection) }
  const read = toMessage(row.content.ok ? row.content.value : undefined)
  if (!read.ok) return { ok: false, sentence: sentenceOf(read.rejection) }
  return { ok: true, event: toStoredEvent(read.message, read.message.messageId ?? rowId(row), 'when it happened') }
}

const sentenceOf = ({ path, message }: Rejection) => (path === '' ? message : `${path}: ${message}`)
