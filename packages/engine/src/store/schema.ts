import { quoteName } from './quote.js'

/**
 * The tables of a store; `lasting` when an insert must survive the power going out.
 *
 * `events` holds each event once, as it was first received. It is sorted by name and time, because every question names
 * events and a span of time. `data` is one column for each path that occurs (measured against typed maps: the same
 * size, 1.5 to 5 times as fast to read, and a wide context costs nothing until it is asked for); `odd` holds what has
 * no column: null, lists, objects, numbers that are none, and very long names.
 *
 * `ids` answers "was this message here before?": the sorted 64-bit hashes of all message ids take 6.4 bytes each, where
 * the ids themselves take 10 to 16 and would have to stand in sorted order a second time.
 */
export function createTables(database: string, lasting: boolean): string[] {
  const db = quoteName(database)
  const durable = lasting ? 'fsync_after_insert = 1, fsync_part_directory = 1' : 'fsync_after_insert = 0'
  return [
    `CREATE DATABASE IF NOT EXISTS ${db}`,
    `CREATE TABLE IF NOT EXISTS ${db}.events (
      name LowCardinality(String),
      type LowCardinality(String),
      time Int64 CODEC(Delta, ZSTD),
      receivedAt Int64 CODEC(Delta, ZSTD),
      uuid UUID CODEC(ZSTD),
      id String CODEC(ZSTD),
      userId String CODEC(ZSTD),
      anonymousId String CODEC(ZSTD),
      otherId String CODEC(ZSTD),
      data JSON(max_dynamic_paths = 512) CODEC(ZSTD),
      odd Map(LowCardinality(String), String) CODEC(ZSTD),
      PROJECTION extents (${EXTENTS} GROUP BY name, type)
    ) ENGINE = MergeTree ORDER BY (name, time) SETTINGS lightweight_mutation_projection_mode = 'rebuild', ${durable}`,
    `CREATE TABLE IF NOT EXISTS ${db}.ids (
      hash UInt64 CODEC(Delta, ZSTD)
    ) ENGINE = MergeTree ORDER BY hash SETTINGS index_granularity = 256, ${durable}`,
    `CREATE TABLE IF NOT EXISTS ${db}.marks (
      journal String,
      position String,
      version UInt64
    ) ENGINE = ReplacingMergeTree(version) ORDER BY journal SETTINGS ${durable}`,
  ]
}

const EXTENTS = 'SELECT name, type, min(time), max(time), max(receivedAt), min(userId)'

/**
 * When events of each name first and last happened, the last receipt, and the least user id, which is empty when an event has none. The table keeps it as a
 * projection, computed with every part that is written, so that nobody has to look at all events for it.
 */
export function extentsSql(database: string): string {
  return `${EXTENTS} FROM ${database}.events GROUP BY name, type`
}
