import { randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { JournalError } from './error.js'
import { encodeFrame } from './frame.js'
import { acquireLock, type Lock } from './lock.js'
import type { Position } from './position.js'
import { recover, removeBefore } from './recover.js'
import { createSegment, segmentPath } from './segment.js'

/** A segment is closed when it has grown to this. */
const SEGMENT_BYTES = 32 * 1024 * 1024
/** One commit takes no more than this: a record is read back as a whole. */
const COMMIT_BYTES = 8 * 1024 * 1024
/** Kept free on the journal's disk, so that the store can still merge and close. */
const RESERVE_BYTES = 64 * 1024 * 1024
const FREE_SPACE_CHECK_MS = 1_000

/** The calls a segment's file gets; {@link FileHandle} has them. */
export type SegmentFile = Pick<FileHandle, 'write' | 'datasync' | 'truncate' | 'close'>

export interface JournalOptions {
  /** Go on over damage, with the unreadable bytes set aside; see {@link recover}. */
  salvage?: boolean
  segmentBytes?: number
  /** Opens a segment for writing. */
  openSegment?: (path: string) => Promise<SegmentFile>
}

interface Waiting {
  payload: Buffer
  resolve: () => void
  reject: (error: Error) => void
}

/**
 * The durable queue between the collector and the store: segments of checksummed records, one writer a folder.
 *
 * Group commit: while one write and its `fdatasync` run, further appends gather and share the next. After a failed
 * write or sync the segment is cut back to its last commit before anything else is written, so what is behind the
 * last commit is never more than one record, and never one that somebody was told is safe.
 */
export class Journal {
  readonly id: string
  /** The journal's own account of its start, for the log. */
  readonly recovered: { torn: number; setAside: readonly string[] }
  #folder: string
  #lock: Lock
  #segmentBytes: number
  #openSegment: (path: string) => Promise<SegmentFile>
  #file: SegmentFile
  #end: Position
  #first: number
  #waiting: Waiting[] = []
  #pendingBytes = 0
  #running: Promise<void> | null = null
  #closed = false
  #released = false
  #broken: Error | null = null
  #freeBytes = Number.POSITIVE_INFINITY
  #freeTimer: NodeJS.Timeout
  #listeners = new Set<(end: Position) => void>()

  private constructor(
    folder: string,
    lock: Lock,
    file: SegmentFile,
    state: Awaited<ReturnType<typeof recover>>,
    options: Required<Pick<JournalOptions, 'segmentBytes' | 'openSegment'>>,
  ) {
    this.#folder = folder
    this.#lock = lock
    this.#file = file
    this.id = state.id
    this.recovered = { torn: state.torn, setAside: state.setAside }
    this.#first = state.first
    this.#end = state.end
    this.#segmentBytes = options.segmentBytes
    this.#openSegment = options.openSegment
    this.#freeTimer = setInterval(() => void this.#checkFreeSpace(), FREE_SPACE_CHECK_MS).unref()
  }

  /**
   * Opens the journal of a folder, creating or recovering it.
   *
   * @throws JournalError `journal_locked` when another service has it, `journal_damaged` for a hole in acknowledged
   *   records, `journal_unwritable` when the folder cannot be written
   */
  static async open(folder: string, options: JournalOptions = {}): Promise<Journal> {
    const openSegment = options.openSegment ?? ((path) => open(path, 'r+'))
    try {
      await mkdir(folder, { recursive: true })
      await probe(folder)
    } catch (cause) {
      throw unwritable(folder, cause)
    }
    const lock = await acquireLock(join(folder, 'lock'))
    try {
      const state = await recover(folder, options.salvage)
      const file = await openSegment(segmentPath(folder, state.end.segment))
      const journal = new Journal(folder, lock, file, state, {
        segmentBytes: options.segmentBytes ?? SEGMENT_BYTES,
        openSegment,
      })
      await journal.#checkFreeSpace()
      return journal
    } catch (error) {
      await lock.release()
      throw error
    }
  }

  /** Up to here everything is on disk. */
  get end(): Position {
    return this.#end
  }

  /** The first segment that is still there. */
  get first(): number {
    return this.#first
  }

  /** Bytes that wait for their commit. */
  get pendingBytes(): number {
    return this.#pendingBytes
  }

  /** Why nothing can be appended at present, in one sentence; null when it can. */
  get problem(): string | null {
    if (this.#closed) return 'The journal is closed.'
    if (this.#broken) return `The journal cannot be written: ${this.#broken.message}`
    if (this.#freeBytes < RESERVE_BYTES) {
      return `The journal's disk has only ${Math.floor(this.#freeBytes / 1024 / 1024)} MB free; ${RESERVE_BYTES / 1024 / 1024} MB are kept in reserve.`
    }
    return null
  }

  /** Calls `listener` after each commit with the new end. @returns what stops it */
  onCommit(listener: (end: Position) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /**
   * Appends lines of JSON (each ended by a newline).
   *
   * Resolves when they are on disk. @throws JournalError `journal_unwritable` when they could not be written; nothing
   * of them is kept then that the next commit would not overwrite.
   */
  append(payload: Buffer): Promise<void> {
    if (this.#closed) return Promise.reject(new JournalError('journal_closed', 'The service is shutting down.'))
    if (this.#freeBytes < RESERVE_BYTES) {
      return Promise.reject(new JournalError('journal_unwritable', this.problem as string))
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ payload, resolve, reject })
      this.#pendingBytes += payload.length
      this.#running ??= this.#run()
    })
  }

  /** Tries to mend a broken journal now rather than at the next append. @returns {@link problem} */
  async check(): Promise<string | null> {
    await this.#checkFreeSpace()
    if (this.#broken && !this.#running && !this.#closed) {
      this.#running = this.#mend().then(
        () => this.#next(),
        () => this.#next(),
      )
      await this.#running
    }
    return this.problem
  }

  /**
   * Removes the segments that a store has applied durably. The newest of them stays: should the store lose its last
   * seconds to a power cut, they are applied again from there.
   */
  async removeApplied(position: Position): Promise<number> {
    const removed = await removeBefore(this.#folder, position.segment - 1)
    this.#first = Math.max(this.#first, Math.min(position.segment - 1, this.#end.segment))
    return removed
  }

  /** Takes nothing more and commits what waits. */
  async drain(): Promise<void> {
    this.#closed = true
    await this.#running
  }

  /** Drains, closes the file and frees the folder. */
  async close(): Promise<void> {
    if (this.#released) return
    this.#released = true
    clearInterval(this.#freeTimer)
    await this.drain()
    await this.#file.close()
    await this.#lock.release()
  }

  #next(): void | Promise<void> {
    this.#running = null
    if (this.#waiting.length > 0) {
      this.#running = this.#run()
      return this.#running
    }
  }

  async #run(): Promise<void> {
    // Requests that arrived in the same turn of the event loop share the first commit too.
    await new Promise(setImmediate)
    while (this.#waiting.length > 0) {
      const group = this.#takeGroup()
      try {
        await this.#mend()
        await this.#rotateWhenFull()
        await this.#commit(group)
        for (const { resolve } of group) resolve()
        for (const listener of this.#listeners) listener(this.#end)
      } catch (cause) {
        this.#broken = cause as Error
        const error = unwritable(this.#folder, cause)
        for (const { reject } of group) reject(error)
      }
    }
    this.#running = null
  }

  #takeGroup(): Waiting[] {
    let bytes = 0
    let count = 0
    while (count < this.#waiting.length) {
      const size = (this.#waiting[count] as Waiting).payload.length
      if (count > 0 && bytes + size > COMMIT_BYTES) break
      bytes += size
      count++
    }
    this.#pendingBytes -= bytes
    return this.#waiting.splice(0, count)
  }

  async #commit(group: readonly Waiting[]): Promise<void> {
    const frame = encodeFrame(Buffer.concat(group.map(({ payload }) => payload)))
    let written = 0
    while (written < frame.length) {
      const { bytesWritten } = await this.#file.write(
        frame,
        written,
        frame.length - written,
        this.#end.offset + written,
      )
      if (bytesWritten === 0) throw new Error('The disk took no bytes.')
      written += bytesWritten
    }
    await this.#file.datasync()
    this.#end = { segment: this.#end.segment, offset: this.#end.offset + frame.length }
  }

  /** After a failure: back to the last commit. A page cache whose sync failed once cannot be trusted, so cut and sync anew. */
  async #mend(): Promise<void> {
    if (!this.#broken) return
    await this.#file.truncate(this.#end.offset)
    await this.#file.datasync()
    this.#broken = null
  }

  async #rotateWhenFull(): Promise<void> {
    if (this.#end.offset < this.#segmentBytes) return
    const segment = this.#end.segment + 1
    const offset = await createSegment(this.#folder, { format: 1, journal: this.id, segment })
    const file = await this.#openSegment(segmentPath(this.#folder, segment))
    const old = this.#file
    this.#file = file
    this.#end = { segment, offset }
    await old.close()
  }

  async #checkFreeSpace(): Promise<void> {
    try {
      const { bavail, bsize } = await statfs(this.#folder)
      this.#freeBytes = bavail * bsize
    } catch {
      // A file system that cannot say is not therefore full; the write itself will tell.
      this.#freeBytes = Number.POSITIVE_INFINITY
    }
  }
}

function unwritable(folder: string, cause: unknown): JournalError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new JournalError('journal_unwritable', `The journal in ${folder} cannot be written: ${reason}`, { cause })
}

async function probe(folder: string): Promise<void> {
  const path = join(folder, `probe-${randomUUID()}`)
  const file = await open(path, 'wx')
  await file.close()
  await rm(path)
}
