import { quoteName, quoteText } from './quote.js'

/** What a store's tables are like now; written with the table `events`. A store of an earlier format becomes one of this. */
export const FORMAT = 2

/**
 * The tables of a store; `lasting` when an insert must survive the power going out.
 *
 * `events` holds each event once, as it was first received. It is sorted by name and time, because every question names
 * events and a span of time. `data` is one column for each path that occurs (measured against typed maps: the same
 * size, 1.5 to 5 times as fast to read, and a wide context costs nothing until it is asked for); `odd` holds what has
 * no column: null, lists, objects, numbers that are none, and very long names. `block` is the insert that a row came with:
 * it tells apart two rows of one message that are the same in everything else.
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
      block UInt64 CODEC(Delta, ZSTD),
      ${PROJECTIONS.map((projection) => `PROJECTION ${projection}`).join(',\n      ')}
    ) ENGINE = MergeTree ORDER BY (name, time) SETTINGS lightweight_mutation_projection_mode = 'rebuild', ${durable}
    COMMENT '${FORMAT}'`,
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

const SEEN = 'SELECT name, type, min((time, receivedAt)), max(time), min(receivedAt), max(receivedAt), min(userId)'

/** Arrivals are counted by this many ms, which bounds of local days have been multiples of since 1972. */
const QUARTER = 900_000
/** Makes any time positive, because a division rounds towards 0; a multiple of {@link QUARTER}. */
const SHIFT = 9_000_000_000_000_000
const HOUR = 3_600_000
const ARRIVED = `count() AS events, countIf(receivedAt - time > ${HOUR}) AS late, max(receivedAt) AS last`

/** What the table keeps besides its rows: computed with every part that is written, so that nobody looks at all events. */
const PROJECTIONS = [
  `seen (${SEEN} GROUP BY name, type)`,
  `arrivals (SELECT intDiv(time + ${SHIFT}, ${QUARTER}) AS quarter, ${ARRIVED} GROUP BY quarter)`,
]

/** What a store of an earlier format needs to become one of this. The format is written last, so that it is all done or done again. */
export function upgradeTables(database: string): string[] {
  const events = `${quoteName(database)}.events`
  return [
    `ALTER TABLE ${events} ADD COLUMN IF NOT EXISTS block UInt64 CODEC(Delta, ZSTD)`,
    `ALTER TABLE ${events} DROP PROJECTION IF EXISTS extents`,
    ...PROJECTIONS.map((projection) => `ALTER TABLE ${events} ADD PROJECTION IF NOT EXISTS ${projection}`),
    `ALTER TABLE ${events} MATERIALIZE PROJECTION seen, MATERIALIZE PROJECTION arrivals SETTINGS mutations_sync = 1`,
    `ALTER TABLE ${events} MODIFY COMMENT '${FORMAT}'`,
  ]
}

/** The format of a store as one row, a number as text; no row where there is no store yet, '' before formats were written. */
export function formatSql(database: string): string {
  return `SELECT comment FROM system.tables WHERE database = ${quoteText(database)} AND name = 'events'`
}

/**
 * When events of each name first happened (and the first receipt at that instant), and last, the first and the last
 * receipt, and the least user id, which is empty when an event has none.
 */
export function extentsSql(database: string): string {
  return `${SEEN} FROM ${database}.events GROUP BY name, type`
}

/**
 * What arrived of the events of each quarter of an hour, in a span of time: `time` (its start), how many there are, how
 * many were received more than an hour after they happened, and the last receipt.
 *
 * @param bounds instants (ms) that must lie between two rows; where one is not on a quarter, rows are of single ms
 * @param receivedUntil only what was received until then (ms) is counted; null for everything
 */
export function arrivalsSql(database: string, bounds: readonly number[], receivedUntil: number | null): string {
  const unit = bounds.every((bound) => bound % QUARTER === 0) ? QUARTER : 1
  const [least, most] = [Math.min(...bounds), Math.max(...bounds)].map((bound) => (bound + SHIFT) / unit)
  const received = receivedUntil === null ? '' : `AND receivedAt <= ${receivedUntil}`
  return `SELECT quarter * ${unit} - ${SHIFT} AS time, events, late, last FROM (
      SELECT intDiv(time + ${SHIFT}, ${unit}) AS quarter, ${ARRIVED} FROM ${database}.events
      WHERE quarter >= ${least} AND quarter < ${most} ${received} GROUP BY quarter)`
}
