import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { type JournalFiles, realFiles } from './files.js'
import { encodeFrame, readFrame } from './frame.js'

/** The first record of every segment: whose journal it is and which part of it. */
export interface SegmentHeader {
  /** 1 was written before segments were sealed. */
  format: 1 | 2
  journal: string
  segment: number
  /**
   * Where the segment before this one ends; what is behind that was never acknowledged. Absent in the first segment and
   * in format 1, where the file's end is the segment's.
   */
  sealed?: number
}

const PATTERN = /^(\d{8,})\.journal$/
/** Of a segment that was being made when its process died. */
const UNFINISHED = /^\d{8,}\.journal\..*new$/
/** More than any header has. */
const HEADER_READ_BYTES = 1024

/** The file of a segment. */
export function segmentPath(folder: string, segment: number): string {
  return join(folder, `${String(segment).padStart(8, '0')}.journal`)
}

/** The numbers of the segments in a folder, ascending. */
export async function listSegments(folder: string, files: JournalFiles = realFiles): Promise<number[]> {
  const names = await files.readdir(folder)
  return names
    .flatMap((name) => PATTERN.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b)
}

/**
 * Creates a segment that holds its header, durably: written under another name and linked, so that a crash never leaves
 * a segment without a header, and none that is there is ever replaced.
 *
 * @returns the offset of its first record, or null when there is such a segment already
 */
export async function createSegment(
  folder: string,
  header: SegmentHeader,
  files: JournalFiles = realFiles,
): Promise<number | null> {
  const frame = encodeFrame(Buffer.from(`${JSON.stringify(header)}\n`))
  const path = segmentPath(folder, header.segment)
  const unfinished = `${path}.${randomUUID()}.new`
  try {
    const file = await files.open(unfinished, 'wx')
    try {
      await file.writeFile(frame)
      await file.datasync()
    } finally {
      await file.close()
    }
    await files.link(unfinished, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return null
    throw error
  } finally {
    await files.rm(unfinished, { force: true })
  }
  await syncFolder(folder, files)
  return frame.length
}

/** The header at the start of a segment's bytes and where its first record starts; null when it is unreadable. */
export function readHeader(bytes: Buffer): { header: SegmentHeader; next: number } | null {
  const frame = readFrame(bytes, 0)
  if (!frame) return null
  const header = JSON.parse(frame.payload.toString()) as SegmentHeader
  return header.format === 1 || header.format === 2 ? { header, next: frame.next } : null
}

/** Where a segment ends that another follows, as that one says; null when it does not say. */
export async function readSeal(
  folder: string,
  segment: number,
  files: JournalFiles = realFiles,
): Promise<number | null> {
  const file = await files.open(segmentPath(folder, segment + 1), 'r')
  try {
    const bytes = Buffer.alloc(HEADER_READ_BYTES)
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0)
    return readHeader(bytes.subarray(0, bytesRead))?.header.sealed ?? null
  } finally {
    await file.close()
  }
}

/** Removes the segments before `segment`: the store has their events. The newest comes last, so a crash leaves no hole. */
export async function removeBefore(folder: string, segment: number, files: JournalFiles = realFiles): Promise<number> {
  const old = (await listSegments(folder, files)).filter((number) => number < segment)
  for (const number of old) await files.rm(segmentPath(folder, number), { force: true })
  if (old.length > 0) await syncFolder(folder, files)
  return old.length
}

/** Removes what was left of segments that were being made when their process died. */
export async function removeUnfinished(folder: string, files: JournalFiles = realFiles): Promise<void> {
  for (const name of await files.readdir(folder)) {
    if (UNFINISHED.test(name)) await files.rm(join(folder, name), { force: true })
  }
}

/** Makes a folder's own entries durable: a new file's name is lost in a power cut without it. */
async function syncFolder(folder: string, files: JournalFiles): Promise<void> {
  const handle = await files.open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
