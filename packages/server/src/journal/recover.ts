import { randomUUID } from 'node:crypto'
import { damaged, JournalError } from './error.js'
import { type JournalFiles, realFiles } from './files.js'
import { findFrame, readFrame } from './frame.js'
import type { Position } from './position.js'
import { type Gap, salvageGap } from './salvage.js'
import { createSegment, listSegments, readHeader, segmentPath } from './segment.js'

export interface Recovered {
  /** The journal's identity, minted with its first segment. */
  id: string
  first: number
  /** `0:0` while there is no segment. */
  end: Position
  /** Bytes behind the last record of the last segment: a commit that no one was told of. */
  torn: number
  /** Files in which salvaging put the unreadable bytes aside. */
  setAside: string[]
}

/**
 * Finds out where a journal ends, after any end of its last owner. Writes nothing, unless it is to salvage: it works on
 * a full disk, and while a former owner still writes.
 *
 * Each commit is one record and is on disk before the next is begun, so a crash can leave at most the last record
 * unreadable: the journal ends before it. An unreadable record with a readable one behind it was acknowledged and has
 * been damaged since: that stops with `journal_damaged`, unless `salvage` asks for the unreadable bytes to be put aside.
 * Salvaging keeps every position as it is, since the store remembers how far it has got.
 */
export async function recover(folder: string, salvage = false, files: JournalFiles = realFiles): Promise<Recovered> {
  const segments = await listSegments(folder, files)
  const setAside: string[] = []
  const first = segments[0]
  if (first === undefined) return { id: randomUUID(), first: 1, end: { segment: 0, offset: 0 }, torn: 0, setAside }
  const last = segments.at(-1) as number
  let id: string | undefined
  let end: Position = { segment: last, offset: 0 }
  let torn = 0
  // Backwards: where a segment ends stands in the one behind it.
  let sealed: number | null = null
  for (let segment = last; segment >= first; segment--) {
    const path = segmentPath(folder, segment)
    if (!segments.includes(segment)) {
      if (!salvage || id === undefined) throw damaged(path, 'the file is missing')
      await createSegment(folder, { format: 2, journal: id, segment }, files)
      sealed = null
      continue
    }
    const found = await scan({ path, segment, sealed, isLast: segment === last }, files)
    if (!found || (id !== undefined && found.journal !== id)) throw notThisJournal(path, segment)
    id = found.journal
    for (const gap of found.gaps) {
      if (!salvage) throw damaged(path, `the record at byte ${gap.from} is unreadable`)
      setAside.push(await salvageGap(path, gap))
    }
    if (segment === last) {
      end = { segment, offset: found.end }
      torn = found.size - found.end
    }
    sealed = found.sealed
  }
  return { id: id as string, first, end, torn, setAside }
}

interface Scanned {
  journal: string
  /** Where the segment before this one ends. */
  sealed: number | null
  end: number
  size: number
  gaps: Gap[]
}

interface ToScan {
  path: string
  segment: number
  sealed: number | null
  isLast: boolean
}

/** What a segment holds; null when it does not start as one. */
async function scan({ path, segment, sealed, isLast }: ToScan, files: JournalFiles): Promise<Scanned | null> {
  const bytes = await files.readFile(path)
  const start = readHeader(bytes)
  if (!start || start.header.segment !== segment) return null
  const { header } = start
  const limit = sealed ?? bytes.length
  const gaps: Gap[] = []
  let offset = start.next
  while (offset < limit) {
    const frame = readFrame(bytes, offset)
    if (frame && frame.next <= limit) {
      offset = frame.next
      continue
    }
    const next = findFrame(bytes.subarray(0, limit), offset + 1)
    if (next === null && isLast) break
    gaps.push({ from: offset, to: next ?? limit, open: next === null && sealed === null })
    offset = next ?? limit
  }
  const scanned = { journal: header.journal, sealed: header.sealed ?? null, end: offset, size: bytes.length, gaps }
  // A former owner that still writes may have finished one record and written the next between two reads of the file.
  if (isLast && gaps.length > 0 && !(await files.readFile(path)).subarray(0, bytes.length).equals(bytes)) {
    return scan({ path, segment, sealed, isLast }, files)
  }
  return scanned
}

function notThisJournal(path: string, segment: number): JournalError {
  return new JournalError(
    'journal_damaged',
    `${path} does not start as segment ${segment} of this journal. Put the right file back from a backup, or move it away and start once with salvage to go on without it.`,
  )
}
