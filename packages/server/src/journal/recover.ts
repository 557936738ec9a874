import { randomUUID } from 'node:crypto'
import { open, readFile, rm, truncate } from 'node:fs/promises'
import { JournalError } from './error.js'
import { encodeFrame, findFrame, HEADER_BYTES, readFrame } from './frame.js'
import type { Position } from './position.js'
import { createSegment, listSegments, readHeader, segmentPath, syncFolder } from './segment.js'

export interface Recovered {
  /** The journal's identity, minted with its first segment. */
  id: string
  first: number
  end: Position
  /** Bytes of a torn last record that were cut off: a commit that no one was told of. */
  torn: number
  /** Files in which salvaging put the unreadable bytes aside. */
  setAside: string[]
}

/**
 * Brings a journal folder back after any end, making the first segment where there is none.
 *
 * Each commit is one record and is on disk before the next is begun, so a crash can leave at most the last record
 * unreadable: it is cut off. An unreadable record with a readable one behind it was acknowledged and has been damaged
 * since: that stops with `journal_damaged`, unless `salvage` asks for the unreadable bytes to be put aside.
 * Salvaging keeps every position as it is, since the store remembers how far it has got.
 */
export async function recover(folder: string, salvage = false): Promise<Recovered> {
  const segments = await listSegments(folder)
  const setAside: string[] = []
  const first = segments[0]
  if (first === undefined) {
    const id = randomUUID()
    const offset = await createSegment(folder, { format: 1, journal: id, segment: 1 })
    return { id, first: 1, end: { segment: 1, offset }, torn: 0, setAside }
  }
  const last = segments.at(-1) as number
  let id: string | undefined
  let end: Position = { segment: last, offset: 0 }
  let torn = 0
  for (let segment = first; segment <= last; segment++) {
    const path = segmentPath(folder, segment)
    if (!segments.includes(segment)) {
      if (!salvage || id === undefined) throw damaged(path, 'the file is missing')
      await createSegment(folder, { format: 1, journal: id, segment })
      continue
    }
    const bytes = await readFile(path)
    const start = readHeader(bytes)
    if (!start || start.header.segment !== segment || (id !== undefined && start.header.journal !== id)) {
      throw new JournalError(
        'journal_damaged',
        `${path} does not start as segment ${segment} of this journal. Put the right file back from a backup, or move it away and start once with salvage to go on without it.`,
      )
    }
    id = start.header.journal
    let offset = start.next
    while (offset < bytes.length) {
      const frame = readFrame(bytes, offset)
      if (frame) {
        offset = frame.next
        continue
      }
      const next = findFrame(bytes, offset + 1)
      if (next === null && segment === last) {
        torn = bytes.length - offset
        await cut(path, offset)
        break
      }
      if (!salvage) throw damaged(path, `the record at byte ${offset} is unreadable`)
      setAside.push(await fill(path, bytes, offset, next))
      offset = next ?? bytes.length
    }
    end = { segment, offset }
  }
  return { id: id as string, first, end, torn, setAside }
}

function damaged(path: string, what: string): JournalError {
  return new JournalError(
    'journal_damaged',
    `The journal is damaged: ${path}: ${what}, and acknowledged events follow it. Put the file back from a backup, or start once with salvage to set the unreadable bytes aside and keep all the others.`,
  )
}

async function cut(path: string, length: number): Promise<void> {
  await truncate(path, length)
  const file = await open(path, 'r+')
  try {
    await file.datasync()
  } finally {
    await file.close()
  }
}

/** Puts the unreadable bytes into a file of their own and a record of blank lines of the same size in their place. */
async function fill(path: string, bytes: Buffer, from: number, next: number | null): Promise<string> {
  const aside = `${path}.damaged-${from}`
  const to = next ?? bytes.length
  const copy = await open(aside, 'w')
  try {
    await copy.writeFile(bytes.subarray(from, to))
    await copy.sync()
  } finally {
    await copy.close()
  }
  // The end of a segment that others follow: nothing behind it to keep in place.
  if (next === null) {
    await cut(path, from)
    return aside
  }
  // Records are longer than a header, so only bytes put in by hand leave so small a gap; no record of ours fills it.
  if (to - from <= HEADER_BYTES) throw damaged(path, `${to - from} strange bytes stand at byte ${from}`)
  const file = await open(path, 'r+')
  try {
    await file.write(encodeFrame(Buffer.alloc(to - from - HEADER_BYTES, '\n')), 0, to - from, from)
    await file.datasync()
  } finally {
    await file.close()
  }
  return aside
}

/** Removes the segments before `segment`: the store has their events. The newest comes last, so a crash leaves no hole. */
export async function removeBefore(folder: string, segment: number): Promise<number> {
  const old = (await listSegments(folder)).filter((number) => number < segment)
  for (const number of old) await rm(segmentPath(folder, number))
  if (old.length > 0) await syncFolder(folder)
  return old.length
}
