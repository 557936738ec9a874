import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { ClickHouseClient } from '@clickhouse/client'
import { EngineError } from '../errors.js'
import type { Location } from './location.js'

/** A way to ClickHouse, and the database in it that is this store's own. */
export interface Connection {
  client: ClickHouseClient
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
} as const

/** One process can have one data folder, so the stores that live in memory share it, with a database each. */
let memory: { folder: string; users: number; made: number } | undefined

/** Opens a way to the store at a location. The embedded engine is loaded only by the first store that needs it. */
export async function connect(location: Location): Promise<Connection> {
  const { ClickHouseLogLevel, createClient } = await import('@clickhouse/client')
  // Whoever calls is told what failed; the client need not print it as well.
  const log = { level: ClickHouseLogLevel.OFF }
  if (location.kind === 'server') {
    const { url, username, password, database } = location
    const client = createClient({ url, username, password, log, clickhouse_settings: SETTINGS })
    return { client, database, alone: false, lasting: true, close: () => client.close() }
  }
  const { createChdbConnection } = await import('chdb/connection')
  const { drainPending } = await import('chdb')
  if (location.kind === 'file') {
    const folder = resolve(location.folder)
    mkdirSync(folder, { recursive: true })
    const client = openFolder(folder)
    return {
      client,
      database: 'nsm',
      alone: true,
      lasting: true,
      async close() {
        await client.close()
        await drainPending()
      },
    }
  }
  memory ??= { folder: mkdtempSync(join(tmpdir(), 'nsm-')), users: 0, made: 0 }
  const shared = memory
  const client = openFolder(shared.folder)
  shared.users++
  const database = `memory_${++shared.made}`
  return {
    client,
    database,
    alone: true,
    lasting: false,
    async close() {
      await client.command({ query: `DROP DATABASE IF EXISTS ${database} SYNC` })
      await client.close()
      if (--shared.users > 0) return
      memory = undefined
      await drainPending()
      rmSync(shared.folder, { recursive: true, force: true })
    },
  }

  function openFolder(folder: string): ClickHouseClient {
    try {
      // The adapter is typed against its own copy of the client's types, which differ in nothing that is used here.
      const connection = createChdbConnection({ path: folder }) as unknown as NonNullable<
        NonNullable<Parameters<typeof createClient>[0]>['connection']
      >
      return createClient({ connection, log, clickhouse_settings: SETTINGS })
    } catch (cause) {
      throw new EngineError(
        'store_locked',
        `The store in ${folder} cannot be opened: another process has it. Ask that process (the running service), or stop it.`,
        { cause },
      )
    }
  }
}
