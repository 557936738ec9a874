import { createHash } from 'node:crypto'
import type { Event } from '@nsm/schema'
import { dataPath, hasColumn } from './path.js'
import { wellFormed } from './quote.js'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const NO_UUID = '00000000-0000-0000-0000-000000000000'

/** A message id as it is stored: UUIDs, which nearly all are, in 16 bytes. */
export function encodeId(messageId: string): { uuid: string; id: string } {
  return UUID.test(messageId) && messageId !== NO_UUID
    ? { uuid: messageId, id: '' }
    : { uuid: NO_UUID, id: wellFormed(messageId) }
}

/** The number by which `ids` knows a message: the first eight bytes of its MD5, little endian, as SQL reads them too. */
export function hashId(messageId: string): bigint {
  return createHash('md5').update(wellFormed(messageId)).digest().readBigUInt64LE(0)
}

/** One event as a line of `INSERT … FORMAT JSONEachRow` into `events`, with the number of the insert. */
export function encodeEvent(event: Event, block: bigint): string {
  const odd: Record<string, string> = {}
  const data: string[] = []
  const put = (path: string, value: unknown) => {
    const text = scalar(value)
    if (text !== undefined && hasColumn(path)) data.push(`${JSON.stringify(path)}:${text}`)
    else odd[path] = text ?? oddText(value)
  }
  for (const [name, value] of Object.entries(event.properties)) {
    if (value !== undefined) put(dataPath('p', [name]), value)
  }
  const putContext = (names: string[], value: unknown) => {
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
      for (const [name, inner] of Object.entries(value)) putContext([...names, name], inner)
    } else if (value !== undefined) {
      put(dataPath('c', names), value)
    }
  }
  for (const [name, value] of Object.entries(event.context)) putContext([name], value)

  const row = {
    name: wellFormed(event.name),
    type: event.type,
    time: event.time,
    receivedAt: event.receivedAt,
    ...encodeId(event.messageId),
    userId: wellFormed(event.userId),
    anonymousId: wellFormed(event.anonymousId),
    otherId: wellFormed(event.otherId),
    odd,
  }
  return `${JSON.stringify(row).slice(0, -1)},"block":${block},"data":{${data.join(',')}}}`
}

/**
 * A value that has a column, as JSON; undefined for one that has none. Whole numbers are written with a point, so that
 * every number is a Float64 as in JSON itself, and not sometimes an integer.
 */
function scalar(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(wellFormed(value))
    case 'boolean':
      return String(value)
    case 'number': {
      if (!Number.isFinite(value)) return undefined
      const text = String(value === 0 ? 0 : value)
      return /[.e]/.test(text) ? text : `${text}.0`
    }
    default:
      return undefined
  }
}

/** Anything else, as JSON; NaN or an infinity has no JSON and is null, as it is on the wire. */
function oddText(value: unknown): string {
  // In JSON a lone half of a character is an escape; after a backslash of its own it is just letters.
  return (JSON.stringify(value) ?? 'null').replace(/\\(?:\\|ud[89a-f][0-9a-f]{2})/g, (found) =>
    found.length > 2 ? '\ufffd' : found,
  )
}
