import { open } from 'node:fs/promises'
import { JournalError } from './error.js'
import { frameLength, HEADER_BYTES, readFrame } from './frame.js'
import { comparePositions, type Position } from './position.js'
import { listSegments, readSeal, segmentPath } from './segment.js'

/** What was read: the payloads of whole records, and where the next one starts. */
interface Chunk {
  payloads: Buffer[]
  position: Position
}

const READ_BYTES = 4 * 1024 * 1024

/** Where a journal's first record is that still exists. */
export async function firstPosition(folder: string): Promise<Position> {
  const [segment = 1] = await listSegments(folder)
  return { segment, offset: 0 }
}

/**
 * Reads committed records from `from` on, about `READ_BYTES` of them, never beyond `end`.
 *
 * An offset of 0 is the segment's start: its header is skipped.
 *
 * @throws JournalError `journal_damaged` when committed bytes do not read back
 */
export async function readChunk(folder: string, from: Position, end: Position): Promise<Chunk> {
  let position = from
  while (comparePositions(position, end) < 0) {
    const path = segmentPath(folder, position.segment)
    const isLast = position.segment === end.segment
    const sealed = isLast ? end.offset : await readSeal(folder, position.segment)
    const file = await open(path, 'r')
    let bytes: Buffer
    let limit: number
    try {
      limit = sealed ?? (await file.stat()).size
      bytes = await readAt(file, position.offset, Math.min(READ_BYTES, limit - position.offset))
      const first = frameLength(bytes, 0)
      if (first !== null && first + HEADER_BYTES > bytes.length) {
        bytes = await readAt(file, position.offset, Math.min(first + HEADER_BYTES, limit - position.offset))
      }
    } finally {
      await file.close()
    }
    const payloads: Buffer[] = []
    let at = 0
    for (let frame = readFrame(bytes, at); frame; frame = readFrame(bytes, at)) {
      if (position.offset + at > 0) payloads.push(frame.payload)
      at = frame.next
    }
    if (at === 0 && position.offset < limit) {
      throw new JournalError(
        'journal_damaged',
        `The journal is damaged: ${path} cannot be read at byte ${position.offset}. Start the service anew: it checks the whole journal and says what can be done.`,
      )
    }
    position = { segment: position.segment, offset: position.offset + at }
    if (position.offset >= limit && !isLast) {
      position = { segment: position.segment + 1, offset: 0 }
    }
    if (payloads.length > 0) return { payloads, position }
  }
  return { payloads: [], position }
}

async function readAt(file: Awaited<ReturnType<typeof open>>, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(Math.max(0, length))
  const { bytesRead } = await file.read(bytes, 0, bytes.length, offset)
  return bytes.subarray(0, bytesRead)
}
