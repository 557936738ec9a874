import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { ClickHouseClient } from '@clickhouse/client'
import type { Location } from './location.js'
import { lockLocation, NOTHING_TO_LOCK } from './store-lock.js'
import { whyNotOpened } from './unusable.js'

/** A way to ClickHouse, and the database in it that is this store's own. */
export interface Connection {
  /** Writes. */
  client: ClickHouseClient
  /** Asks: several questions at a time, none of which waits for a write. */
  ask<T>(run: (client: ClickHouseClient) => Promise<T>): Promise<T>
  database: string
  /** Nobody else writes to this store while it is open. */
  alone: boolean
  /** Whether what is written has to survive. */
  lasting: boolean
  close(): Promise<void>
}

const SETTINGS = {
  // Definitions hold filters of any length.
  max_query_size: '100000000',
  join_use_nulls: 1,
  // A text that looks like a date is a text.
  input_format_try_infer_dates: 0,
  input_format_try_infer_datetimes: 0,
  output_format_json_quote_64bit_integers: 0,
  // A sum too large for a number says so ("inf"), where null would pass for a sum of nothing.
  output_format_json_quote_denormals: 1,
} as const

/** One process can have one data folder, so the stores that live in memory share it, with a database each. */
let memory: { folder: string; users: number; made: number } | undefined

/**
 * Opens a way to the store at a location. The embedded engine is loaded only by the first store that needs it.
 *
 * @param locked whoever this process works for has the lock already
 */
export async function connect(location: Location, locked: boolean): Promise<Connection> {
  const { ClickHouseLogLevel, createClient } = await import('@clickhouse/client')
  // Whoever calls is told what failed; the client need not print it as well.
  const log = { level: ClickHouseLogLevel.OFF }
  if (location.kind === 'server') {
    const { url, username, password, database } = location
    const client = createClient({ url, username, password, log, clickhouse_settings: SETTINGS })
    return { client, ask: (run) => run(client), database, alone: false, lasting: true, close: () => client.close() }
  }
  const { createChdbConnection } = await import('chdb/connection')
  const { drainPending } = await import('chdb')
  if (location.kind === 'file') {
    const lock = locked ? NOTHING_TO_LOCK : await lockLocation(location)
    await lock.claim()
    try {
      const { close, ...ways } = openFolder(resolve(location.folder))
      return {
        ...ways,
        database: 'nsm',
        alone: true,
        lasting: true,
        async close() {
          await close()
          await drainPending()
          await lock.release()
        },
      }
    } catch (error) {
      await lock.release()
      throw error
    }
  }
  memory ??= { folder: mkdtempSync(join(tmpdir(), 'nsm-')), users: 0, made: 0 }
  const shared = memory
  const { close, ...ways } = openFolder(shared.folder)
  shared.users++
  const database = `memory_${++shared.made}`
  return {
    ...ways,
    database,
    alone: true,
    lasting: false,
    async close() {
      await ways.client.command({ query: `DROP DATABASE IF EXISTS ${database} SYNC` })
      await close()
      if (--shared.users > 0) return
      memory = undefined
      await drainPending()
      rmSync(shared.folder, { recursive: true, force: true })
    },
  }

  /** One connection runs one statement at a time, so there are several. */
  function openFolder(folder: string): Pick<Connection, 'client' | 'ask' | 'close'> {
    const opened: ClickHouseClient[] = []
    const open = () => {
      // The adapter is typed against its own copy of the client's types, which differ in nothing that is used here.
      const connection = createChdbConnection({ path: folder }) as unknown as NonNullable<
        NonNullable<Parameters<typeof createClient>[0]>['connection']
      >
      const client = createClient({ connection, log, clickhouse_settings: SETTINGS })
      opened.push(client)
      return client
    }
    const close = async () => {
      for (const client of opened) await client.close()
    }
    try {
      return { client: open(), ask: askInTurns(Array.from({ length: ASKED_AT_ONCE }, open)), close }
    } catch (cause) {
      throw whyNotOpened(folder, cause)
    }
  }
}

/** Questions that are answered at the same time: each uses all cores, but for its last part, which keeps one busy. */
const ASKED_AT_ONCE = 2

/** Asks each question where the fewest others wait. */
function askInTurns(clients: readonly ClickHouseClient[]): Connection['ask'] {
  const ways = clients.map((client) => ({ client, waiting: 0 }))
  return async (run) => {
    const way = ways.reduce((best, other) => (other.waiting < best.waiting ? other : best))
    way.waiting++
    try {
      return await run(way.client)
    } finally {
      way.waiting--
    }
  }
}
