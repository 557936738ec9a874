import { open, readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { encodeFrame, readFrame } from './frame.js'

/** The first record of every segment: whose journal it is and which part of it. */
export interface SegmentHeader {
  format: 1
  journal: string
  segment: number
}

const PATTERN = /^(\d{8,})\.journal$/

/** The file of a segment. */
export function segmentPath(folder: string, segment: number): string {
  return join(folder, `${String(segment).padStart(8, '0')}.journal`)
}

/** The numbers of the segments in a folder, ascending. */
export async function listSegments(folder: string): Promise<number[]> {
  const names = await readdir(folder)
  return names
    .flatMap((name) => PATTERN.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b)
}

/**
 * Creates a segment that holds its header, durably: written under another name and renamed, so that a crash never
 * leaves a segment without a header.
 *
 * @returns the offset of its first record
 */
export async function createSegment(folder: string, header: SegmentHeader): Promise<number> {
  const frame = encodeFrame(Buffer.from(`${JSON.stringify(header)}\n`))
  const path = segmentPath(folder, header.segment)
  const file = await open(`${path}.new`, 'w')
  try {
    await file.writeFile(frame)
    await file.datasync()
  } finally {
    await file.close()
  }
  await rename(`${path}.new`, path)
  await syncFolder(folder)
  return frame.length
}

/** The header at the start of a segment's bytes and where its first record starts; null when it is unreadable. */
export function readHeader(bytes: Buffer): { header: SegmentHeader; next: number } | null {
  const frame = readFrame(bytes, 0)
  if (!frame) return null
  const header = JSON.parse(frame.payload.toString()) as SegmentHeader
  return header.format === 1 ? { header, next: frame.next } : null
}

/** Makes a folder's own entries durable: a new file's name is lost in a power cut without it. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
