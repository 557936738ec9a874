import { randomInt } from 'node:crypto'
import { Readable } from 'node:stream'
import type { Event } from '@nsm/schema'
import { EngineError } from '../errors.js'
import { Changes } from './changes.js'
import { type Connection, connect } from './connect.js'
import { firstReceived, KEY, type Kept, keep, keySql, resolveCopies, type Stored } from './copies.js'
import { parseLocation } from './location.js'
import { quoteName, quoteText } from './quote.js'
import { createTables, FORMAT, formatSql, upgradeTables } from './schema.js'

/** How far a journal has been applied. */
export interface Mark {
  journal: string
  position: string
}

/** Where the events are. Open one with {@link openStore}. */
export interface Store {
  /**
   * Adds events; durable when it resolves. Copies are welcome: of all events with one `messageId` the first received
   * stays. The mark is saved after the rows, so that after a crash a journal is applied again rather than skipped.
   * @throws EngineError `store_unreachable`, `store_full`; nothing is lost by inserting the same events again.
   */
  insert(events: readonly Event[], mark?: Mark): Promise<void>
  /** How far a journal has been applied; null before its first mark. */
  position(journal: string): Promise<string | null>
  /** Resolves when the store answers. @throws EngineError `store_unreachable`. */
  ping(): Promise<void>
  close(): Promise<void>
  /** What changed since it was opened; null for a store that others may write to. */
  readonly changes: Changes | null
  /** The store's own database, quoted; for the engine's SQL. */
  readonly database: string
  /** False: metrics are computed by their general statements only, as tests do to compare them with the faster ones. */
  readonly fast?: boolean
  /** Runs one `SELECT` of the engine's own and returns its rows as arrays. */
  rows<Row extends unknown[]>(sql: string): Promise<Row[]>
}

/**
 * Opens a store, and makes it where there is none.
 *
 * @param location `file:FOLDER`, `memory:` (a temporary folder, gone with {@link Store.close}), or
 *   `https://user:password@host:port/database`.
 * @param options.locked the process this one works for holds the folder's lock, see `lockStore`
 * @throws EngineError `invalid_location`, `store_locked`, `store_unusable`, `store_full`, `store_unreachable`.
 *
 * @example
 * const store = await openStore('file:./data')
 * await store.insert(events, { journal: 'collector-1', position: '42' })
 */
export async function openStore(location: string, options: { locked?: boolean } = {}): Promise<Store> {
  const connection = await connect(parseLocation(location), options.locked ?? false)
  try {
    const { client, database, lasting } = connection
    const answer = await client.query({ query: formatSql(database), format: 'JSONCompactEachRow' })
    const [found] = (await answer.json()) as [string][]
    const format = found ? Number(found[0]) : FORMAT
    if (format > FORMAT) throw newer(format)
    for (const query of createTables(database, lasting)) await client.command({ query })
    if (format < FORMAT) for (const query of upgradeTables(database)) await client.command({ query })
  } catch (cause) {
    await connection.close()
    if (cause instanceof EngineError) throw cause
    throw isFull(cause) ? full(cause) : unreachable(cause)
  }
  return new ClickHouseStore(connection)
}

/** Tells a store that does not answer from one that answers with an error. */
async function reached<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    const { code = '', message, type = '' } = error as NodeJS.ErrnoException & { type?: string }
    if (isFull(error)) throw full(error)
    if (TAKES_NONE.includes(type)) throw unreachable(error, 'takes nothing at present')
    throw NO_ANSWER.includes(code) || message === 'Timeout error.' ? unreachable(error) : error
  }
}

function isFull(error: unknown): boolean {
  const { message, type } = error as Error & { type?: string }
  return type === 'NOT_ENOUGH_SPACE' || message.includes('No space left on device')
}

/** Whatever is in an event: the table is in trouble, or the server has too much to do. */
const TAKES_NONE = ['TOO_MANY_PARTS', 'TABLE_IS_READ_ONLY', 'TOO_MANY_SIMULTANEOUS_QUERIES']
const NO_ANSWER = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH']

function newer(format: number): EngineError {
  const message = `This store was written by a newer version of nsm (format ${format}; this one knows ${FORMAT}). Install that version, or open another store.`
  return new EngineError('store_unusable', message)
}

function full(cause: unknown): EngineError {
  const message = "The store's disk is full. Make room for it; events that are inserted again are counted once."
  return new EngineError('store_full', message, { cause })
}

function unreachable(cause: unknown, what = 'does not answer'): EngineError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new EngineError('store_unreachable', `The store ${what}: ${why}`, { cause })
}

class ClickHouseStore implements Store {
  readonly database: string
  readonly changes: Changes | null
  readonly #connection: Connection
  /** Inserts run one after the other: each looks for copies among what those before it stored. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(connection: Connection) {
    this.#connection = connection
    this.database = quoteName(connection.database)
    this.changes = connection.alone ? new Changes() : null
  }

  insert(events: readonly Event[], mark?: Mark): Promise<void> {
    const turn = this.#last.then(() => reached(this.#insert(events, mark)))
    this.#last = turn.catch(() => {})
    return turn
  }

  async #insert(events: readonly Event[], mark: Mark | undefined): Promise<void> {
    const access = { database: this.database, rows: this.rows.bind(this) }
    const kept = firstReceived(events, nextBlock())
    if (kept.length > 0) {
      const { fresh, superseded } = await keep(access, kept)
      await this.#write(fresh)
      this.changes?.added(fresh.map(({ event }) => event))
      await this.#remove(superseded)
      // Another collector may have stored a copy meanwhile; the later of the two sees both.
      if (!this.#connection.alone && fresh.length > 0) await this.#remove(await resolveCopies(access, fresh))
    }
    if (mark) {
      await this.#load('marks', 'journal, position, version', [
        JSON.stringify({ ...mark, version: `${process.hrtime.bigint() + startedAt}` }),
      ])
    }
  }

  async #write(fresh: readonly Kept[]): Promise<void> {
    if (fresh.length === 0) return
    // Hashes first: one too many costs a look-up, one too few would let a copy in.
    await this.#load(
      'ids',
      'hash',
      fresh.map(({ hash }) => `{"hash":${hash}}`),
    )
    await this.#load(
      'events',
      'name, type, time, receivedAt, uuid, id, userId, anonymousId, otherId, odd, block, data',
      fresh.map(({ line }) => line),
    )
  }

  /** Takes out rows that turned out not to be the first received of their message. */
  async #remove(rows: readonly Stored[]): Promise<void> {
    if (rows.length === 0) return
    await this.#connection.client.command({
      query: `DELETE FROM ${this.database}.events WHERE ${KEY} IN (${rows.map(keySql).join(', ')})`,
    })
    this.changes?.removed(rows)
  }

  async #load(table: string, columns: string, lines: readonly string[]): Promise<void> {
    const { stream } = await this.#connection.client.exec({
      query: `INSERT INTO ${this.database}.${table} (${columns}) FORMAT JSONEachRow`,
      values: Readable.from([lines.join('\n')], { objectMode: false }),
    })
    stream.resume()
    await new Promise((done, fail) => stream.on('close', done).on('end', done).on('error', fail))
  }

  async position(journal: string): Promise<string | null> {
    const [row] = await this.rows<[string, number]>(
      `SELECT argMax(position, version), count() FROM ${this.database}.marks WHERE journal = ${quoteText(journal)}`,
    )
    return row && row[1] > 0 ? row[0] : null
  }

  async rows<Row extends unknown[]>(sql: string): Promise<Row[]> {
    return this.#connection.ask(async (client) => {
      const result = await reached(client.query({ query: sql, format: 'JSONCompactEachRow' }))
      return (await result.json()) as Row[]
    })
  }

  async ping(): Promise<void> {
    const result = await this.#connection.client.ping({ select: true })
    if (!result.success) throw unreachable(result.error)
  }

  async close(): Promise<void> {
    await this.#last
    await this.#connection.close()
  }
}

/** A number for an insert: they rise in a process, and those of two processes are hardly ever the same. */
function nextBlock(): bigint {
  return (((process.hrtime.bigint() + startedAt) / 1000n) << 12n) | BigInt(randomInt(4096))
}

/** Makes marks of one process rise even within a millisecond, and above those of the process before it. */
const startedAt = BigInt(Date.now()) * 1_000_000n - process.hrtime.bigint()
