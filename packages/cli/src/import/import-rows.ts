import { commandError } from '../failure.js'
import { applyMap, type Mapping } from '../input/map.js'
import { checkSize, type Reading, rowId, toMessage } from '../input/message.js'
import type { Rows } from '../input/read-rows.js'
import type { Rejection, Row } from '../input/row.js'
import { type Position, positionKey, RowDigest } from './position.js'
import type { RejectedFile, RejectedRow } from './rejected-file.js'
import type { Arrival, Sink } from './sink.js'

/** Column stores work best with few, large inserts. These limits also bound memory. */
const BLOCK_ROWS = 50_000
const BLOCK_CHARACTERS = 16 << 20

export interface ImportPlan {
  /** Opens the input at its start. May be called twice if `again` is true. */
  open(): Promise<Rows>
  /** Whether `open` can be called twice: true for files, false for standard input. */
  again: boolean
  map: readonly Mapping[]
  /** The zone of times without one. */
  zone: string
  sink: Sink
  rejected(append: boolean): RejectedFile
  onProgress(tally: Tally): void
}

export interface Tally {
  /** Rows in the input, including skipped ones. */
  rows: number
  imported: number
  rejected: number
  /** Rows that an earlier run of this import read. */
  skipped: number
  /** How many of those it rejected. */
  rejectedBefore: number
  rejectedFile: string
}

/**
 * Imports an input, continuing where an earlier run of the same import stopped.
 *
 * Rows are recognized by their text. For a file that grew, only the new rows are read. A file that changed elsewhere is
 * read again from the start; event ids keep anything from being counted twice.
 */
export async function importRows(plan: ImportPlan): Promise<Tally> {
  const resumed = await attempt(plan, plan.again)
  return resumed ?? ((await attempt(plan, false)) as Tally)
}

/** @returns null when the input no longer starts with the rows of the earlier run */
async function attempt(plan: ImportPlan, resume: boolean): Promise<Tally | null> {
  const { sink, map } = plan
  const input = await plan.open()
  const mapText = JSON.stringify(map)
  const digest = new RowDigest()
  let before: Position | null = null
  let key: string | undefined
  let rejected: RejectedFile | undefined
  const tally: Tally = { rows: 0, imported: 0, rejected: 0, skipped: 0, rejectedBefore: 0, rejectedFile: '' }
  const block: Row[] = []
  let characters = 0

  /** The block being written while the next one is read. */
  let writing: Promise<void> = Promise.resolve()
  const write = async (file: RejectedFile, arrivals: Arrival[], rejections: RejectedRow[], position: Position) => {
    // Write rejected rows to disk before moving the position past them.
    await file.add(rejections)
    const late = await sink.write(arrivals, key as string, position)
    await file.add(lateRejections(arrivals, late))
    tally.imported += arrivals.length - late.size
    tally.rejected += rejections.length + late.size
    plan.onProgress(tally)
  }

  const flush = async () => {
    if (block.length === 0 || !rejected) return
    const { arrivals, rejections } = readBlock(block, input.format, plan)
    const done = { rows: tally.rows, digest: digest.soFar(), map: mapText }
    block.length = 0
    characters = 0
    await writing
    const position = {
      ...done,
      imported: tally.imported + arrivals.length,
      rejected: tally.rejectedBefore + tally.rejected + rejections.length,
    }
    writing = write(rejected, arrivals, rejections, position)
    // The next `await writing` throws any failure. Until then, keep it from becoming an unhandled rejection.
    writing.catch(() => {})
  }

  try {
    for await (const rows of input.rows) {
      for (const row of rows) {
        if (key === undefined) {
          key = positionKey(input.columns, row)
          before = resume ? await sink.position(key) : null
          rejectOtherMap(before, mapText)
          if (before?.imported === 0) before = null
          rejected = plan.rejected(before !== null)
          tally.rejectedFile = rejected.path
        }
        digest.add(row)
        tally.rows++
        if (before && tally.rows <= before.rows) {
          if (tally.rows === before.rows) {
            if (digest.soFar() !== before.digest) return null
            tally.skipped = before.rows
            tally.rejectedBefore = before.rejected
          }
          continue
        }
        block.push(row)
        characters += row.text.length
        if (block.length === BLOCK_ROWS || characters >= BLOCK_CHARACTERS) await flush()
      }
      plan.onProgress(tally)
    }
    // Shorter than what was imported before: a different input with the same start.
    if (before && tally.rows < before.rows) return null
    await flush()
    await writing
    return tally
  } finally {
    await writing.catch(() => {})
    await rejected?.close()
    await input.rows.return(undefined)
  }
}

function rejectOtherMap(before: Position | null, mapText: string): void {
  if (!before || before.imported === 0 || before.map === mapText) return
  throw commandError(
    'This input was imported before with a different --map. Events keep what was received first, so import it into a new store.',
  )
}

function readBlock(
  rows: readonly Row[],
  format: Rows['format'],
  plan: Pick<ImportPlan, 'map' | 'zone'>,
): { arrivals: Arrival[]; rejections: RejectedRow[] } {
  const arrivals: Arrival[] = []
  const rejections: RejectedRow[] = []
  for (const row of rows) {
    const read = readRow(row, format, plan)
    if (read.ok) {
      const id = read.message.messageId ?? rowId(row)
      arrivals.push({ line: row.line, id, text: row.text, message: read.message })
    } else {
      rejections.push({ line: row.line, ...read.rejection, row: row.text })
    }
  }
  return { arrivals, rejections }
}

function readRow(row: Row, format: Rows['format'], { map, zone }: Pick<ImportPlan, 'map' | 'zone'>): Reading {
  if (!row.content.ok) return row.content
  const tooLarge = checkSize(row)
  if (tooLarge) return { ok: false, rejection: tooLarge }
  if (format === 'ndjson') return toMessage(row.content.value)
  const mapped = applyMap(row.content.value as Record<string, unknown>, map, zone)
  return mapped.ok ? toMessage(mapped.value) : mapped
}

function lateRejections(arrivals: readonly Arrival[], late: Map<number, Rejection>): RejectedRow[] {
  return arrivals.flatMap(({ line, text }) => {
    const rejection = late.get(line)
    return rejection ? [{ line, ...rejection, row: text }] : []
  })
}
