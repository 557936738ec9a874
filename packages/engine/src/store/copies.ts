import type { Event } from '@nsm/schema'
import { encodeEvent, encodeId, hashId } from './encode.js'
import { quoteText, wellFormed } from './quote.js'

/** An event on its way in: its line for the store, and what finds its copies. */
export interface Kept {
  event: Event
  hash: bigint
  line: string
}

/** What looking for copies needs of a store. */
interface Access {
  database: string
  rows<Row extends unknown[]>(sql: string): Promise<Row[]>
}

const DAY = 86_400_000
/** Hashes in one look-up. */
const CHUNK = 10_000

/**
 * The events of one insert, each message once: the first received, and of those received together the first in order.
 *
 * @param block the insert's number
 */
export function firstReceived(events: readonly Event[], block: bigint): Kept[] {
  const first = new Map<string, Event>()
  for (const event of events) {
    const id = wellFormed(event.messageId)
    const other = first.get(id)
    if (!other || event.receivedAt < other.receivedAt) first.set(id, event)
  }
  return [...first.values()].map((event) => ({ event, hash: hashId(event.messageId), line: encodeEvent(event, block) }))
}

/**
 * Which events of a block are to be stored, and which stored rows they supersede because they were received earlier
 * though they come later. What was stored with the same receipt stays.
 */
export async function keep(access: Access, block: readonly Kept[]): Promise<{ fresh: Kept[]; superseded: Stored[] }> {
  const known = await knownHashes(access, block)
  if (known.size === 0) return { fresh: [...block], superseded: [] }
  // What was written more than once may have left a copy anywhere: the process ended before it was taken out.
  const once = block.filter(({ hash }) => known.get(String(hash)) === 1)
  const often = block.filter(({ hash }) => (known.get(String(hash)) ?? 0) > 1)
  const stored = new Map([
    ...(await findStored(access, once, 'near')),
    ...(await findStored(access, often, 'anywhere')),
  ])
  const superseded: Stored[] = []
  const fresh = block.filter(({ event }) => {
    const rows = stored.get(wellFormed(event.messageId))
    if (!rows) return true
    const first = rows[0] as Stored
    const wins = event.receivedAt < first.receivedAt
    superseded.push(...(wins ? rows : rows.slice(1)))
    return wins
  })
  return { fresh, superseded }
}

/** The rows that lost against another collector's copy while this block was being stored. */
export async function resolveCopies(access: Access, block: readonly Kept[]): Promise<Stored[]> {
  const known = await knownHashes(access, block)
  const often = block.filter(({ hash }) => (known.get(String(hash)) ?? 0) > 1)
  const stored = await findStored(access, often, 'anywhere')
  return [...stored.values()].flatMap((rows) => rows.slice(1))
}

/** How often messages of these hashes were written. */
async function knownHashes(access: Access, block: readonly Kept[]): Promise<Map<string, number>> {
  const known = new Map<string, number>()
  for (let i = 0; i < block.length; i += CHUNK) {
    const hashes = block.slice(i, i + CHUNK).map(({ hash }) => hash)
    const rows = await access.rows<[string, number]>(
      `SELECT toString(hash), count() FROM ${access.database}.ids WHERE hash IN (${hashes.join(', ')}) GROUP BY hash`,
    )
    for (const [hash, times] of rows) known.set(hash, Number(times))
  }
  return known
}

/** What tells a stored row apart. */
export interface Stored {
  name: string
  time: number
  receivedAt: number
  uuid: string
  id: string
  block: string
}

/** The stored rows of these messages, first received first; near their own name and time, and else anywhere. */
async function findStored(
  access: Access,
  suspects: readonly Kept[],
  where: 'near' | 'anywhere',
): Promise<Map<string, Stored[]>> {
  const found = new Map<string, Stored[]>()
  const look = async (block: readonly Kept[], near: string) => {
    if (block.length === 0) return
    const uuids: string[] = []
    const ids: string[] = []
    for (const { event } of block) {
      const { uuid, id } = encodeId(event.messageId)
      if (id === '') uuids.push(quoteText(uuid))
      else ids.push(quoteText(id))
    }
    const which = [
      uuids.length > 0 ? `uuid IN (${uuids.join(', ')})` : '',
      ids.length > 0 ? `id IN (${ids.join(', ')})` : '',
    ].filter((part) => part !== '')
    const rows = await access.rows<[string, number, number, string, string, string]>(
      `SELECT name, time, receivedAt, toString(uuid), id, toString(block) FROM ${access.database}.events
      WHERE ${near} (${which.join(' OR ')}) ORDER BY receivedAt, block, time, name`,
    )
    for (const [name, time, receivedAt, uuid, id, block] of rows) {
      const messageId = id === '' ? uuid : id
      const row = { name, time, receivedAt, uuid, id, block }
      const others = found.get(messageId)
      if (others) others.push(row)
      else found.set(messageId, [row])
    }
  }
  // Nearly every copy is a retry: the same name, and the same time but for a clock's jitter. The sort key finds those.
  const names = [...new Set(suspects.map(({ event }) => event.name))].map(quoteText)
  const times = suspects.map(({ event }) => event.time)
  const from = times.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY) - DAY
  const to = times.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY) + DAY
  if (where === 'near') await look(suspects, `name IN (${names.join(', ')}) AND time BETWEEN ${from} AND ${to} AND`)
  await look(
    suspects.filter(({ event }) => !found.has(wellFormed(event.messageId))),
    '',
  )
  return found
}

/** The columns that tell a row apart. */
export const KEY = '(name, time, receivedAt, uuid, id, block)'

/** A row as a tuple of {@link KEY}. */
export function keySql({ name, time, receivedAt, uuid, id, block }: Stored): string {
  return `(${quoteText(name)}, ${time}, ${receivedAt}, ${quoteText(uuid)}, ${quoteText(id)}, ${block})`
}
