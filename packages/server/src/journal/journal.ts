import { access, constants, type FileHandle, mkdir, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { describeHolder, FileLock, type LockOptions } from '@nsm/engine/lock'
import { JournalError } from './error.js'
import { isFull, type JournalFiles, realFiles } from './files.js'
import { encodeFrame } from './frame.js'
import type { Position } from './position.js'
import { recover } from './recover.js'
import { createSegment, removeBefore, removeUnfinished, segmentPath } from './segment.js'

/** A segment is closed when it has grown to this. */
const SEGMENT_BYTES = 32 * 1024 * 1024
/** One commit takes no more than this: a record is read back as a whole. */
const COMMIT_BYTES = 8 * 1024 * 1024
/** Kept free on the journal's disk, so that the store can still merge and close. */
const RESERVE_BYTES = 64 * 1024 * 1024
/** How often the free space and the ownership are looked at while nothing is written. */
const WATCH_MS = 1_000

export interface JournalOptions {
  /** Go on over damage, with the unreadable bytes set aside; see {@link recover}. */
  salvage?: boolean
  segmentBytes?: number
  files?: JournalFiles
  /** ms, any origin; times the commits. */
  clock?: () => number
  /** Asks the operating system for the lock. */
  tryLock?: LockOptions['tryLock']
}

interface Waiting {
  payload: Buffer
  resolve: () => void
  reject: (error: Error) => void
}

/**
 * The durable queue between the collector and the store: segments of checksummed records, one writer a folder.
 *
 * Group commit: while one write and its `fdatasync` run, further appends gather and share the next.
 *
 * Ownership: the operating system's lock on the `lock` file keeps a second writer out. Where it does not (some network
 * file systems), the fencing token in that file does. Opening writes a new token, and a commit is acknowledged only when
 * the token, read back after the `fdatasync`, is still this journal's. Nobody writes to a segment that another opening
 * made: each makes its own, exclusively, and its header says where the one before ends. So everything a former owner
 * acknowledged was on disk before the new token was written, and the recovery that follows finds it. What it writes later
 * lies behind the recorded end: it is never acknowledged and never read.
 *
 * After a failed write or sync the segment is ended at its last commit in the same way: a page cache whose sync failed
 * once cannot be trusted, and truncating a file that may have another owner by now could destroy that owner's records.
 */
export class Journal {
  /** The journal's own account of its start, for the log. */
  readonly recovered: { torn: number; setAside: readonly string[] }
  /** Resolves when another service has taken the journal over; nothing is acknowledged from then on. */
  readonly lost: Promise<JournalError>
  readonly #folder: string
  readonly #lock: FileLock
  readonly #files: JournalFiles
  readonly #segmentBytes: number
  readonly #clock: () => number
  #id: string
  /** The segment of this opening's own; null before its first commit and after a failed one. */
  #file: FileHandle | null = null
  #end: Position
  #first: number
  #waiting: Waiting[] = []
  #pendingBytes = 0
  #running: Promise<void> | null = null
  #closed = false
  #released = false
  #claimed: boolean
  #broken: Error | null = null
  #lostTo: JournalError | null = null
  #tellLost: (error: JournalError) => void = () => {}
  #freeBytes = Number.POSITIVE_INFINITY
  readonly #watch: NodeJS.Timeout
  #listeners = new Set<(end: Position, durationMs: number) => void>()

  private constructor(
    parts: {
      folder: string
      lock: FileLock
      claimed: boolean
      files: JournalFiles
      segmentBytes: number
      clock: () => number
    },
    state: Awaited<ReturnType<typeof recover>>,
  ) {
    this.#folder = parts.folder
    this.#lock = parts.lock
    this.#claimed = parts.claimed
    this.#files = parts.files
    this.#segmentBytes = parts.segmentBytes
    this.#clock = parts.clock
    this.#id = state.id
    this.#first = state.first
    this.#end = state.end
    this.recovered = { torn: state.torn, setAside: state.setAside }
    this.lost = new Promise((resolve) => {
      this.#tellLost = resolve
    })
    this.#watch = setInterval(() => void this.#look(), WATCH_MS).unref()
  }

  /**
   * Opens the journal of a folder, creating or recovering it. On a full disk it opens, too, and takes events as soon as
   * there is room.
   *
   * @throws JournalError `journal_locked` when another service has it and nothing was written, `journal_damaged` for a
   *   hole in acknowledged records, `journal_unwritable` when the folder cannot be written
   */
  static async open(folder: string, options: JournalOptions = {}): Promise<Journal> {
    const { files = realFiles, segmentBytes = SEGMENT_BYTES, salvage = false, clock = now, tryLock } = options
    const lock = await takeLock(folder, files, tryLock)
    try {
      // The token first: whatever its former owner acknowledged is on disk by now.
      const claimed = await claim(lock, folder)
      const state = await recover(folder, salvage, files)
      const journal = new Journal({ folder, lock, claimed, files, segmentBytes, clock }, state)
      await journal.#look()
      return journal
    } catch (error) {
      await lock.release()
      throw error
    }
  }

  /** The journal's identity. */
  get id(): string {
    return this.#id
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

  /** Why nothing can be appended at present, in one sentence that names no folder; null when it can. */
  get problem(): string | null {
    if (this.#lostTo) return 'The service has lost its journal and is ending; the log says why.'
    if (this.#closed) return 'The journal is closed.'
    if (this.#freeBytes < RESERVE_BYTES) {
      return `The journal's disk has only ${Math.floor(this.#freeBytes / 1024 / 1024)} MB free; ${RESERVE_BYTES / 1024 / 1024} MB are kept in reserve.`
    }
    if (this.#broken) return `The journal cannot be written (${codeOf(this.#broken)}); the log says more.`
    return null
  }

  /** Calls `listener` after each commit with the new end and how long it took. @returns what stops it */
  onCommit(listener: (end: Position, durationMs: number) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /**
   * Appends lines of JSON (each ended by a newline).
   *
   * Resolves when they are on disk and the journal is still this one's. @throws JournalError `journal_unwritable` when
   * they could not be written; they are not kept then. `journal_lost` when another service has taken the journal over;
   * it may or may not have them.
   */
  append(payload: Buffer): Promise<void> {
    if (this.#lostTo) return Promise.reject(this.#lostTo)
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
    await this.#look()
    if (this.#broken && !this.#running && !this.#closed && !this.#lostTo) {
      this.#running = this.#begin().then(
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
    if (!(await this.#isOwner())) return 0
    const removed = await removeBefore(this.#folder, position.segment - 1, this.#files)
    this.#first = Math.max(this.#first, Math.min(position.segment - 1, this.#end.segment))
    return removed
  }

  /** Takes nothing more and commits what waits. */
  async drain(): Promise<void> {
    this.#closed = true
    await this.#running
  }

  /** Drains, closes the file and lets others have the folder. */
  async close(): Promise<void> {
    if (this.#released) return
    this.#released = true
    clearInterval(this.#watch)
    await this.drain()
    await this.#file?.close()
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
        if (this.#lostTo) throw this.#lostTo
        if (!this.#file || this.#broken || this.#end.offset >= this.#segmentBytes) await this.#begin()
        const start = this.#clock()
        await this.#commit(group)
        const duration = this.#clock() - start
        for (const { resolve } of group) resolve()
        for (const listener of this.#listeners) listener(this.#end, duration)
      } catch (cause) {
        if (!this.#lostTo) this.#broken = cause as Error
        const error = this.#lostTo ?? unwritable(this.#folder, cause)
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
    const file = this.#file as FileHandle
    const frame = encodeFrame(Buffer.concat(group.map(({ payload }) => payload)))
    let written = 0
    while (written < frame.length) {
      const { bytesWritten } = await file.write(frame, written, frame.length - written, this.#end.offset + written)
      if (bytesWritten === 0) throw new Error('The disk took no bytes.')
      written += bytesWritten
    }
    await file.datasync()
    await this.#mustOwn()
    this.#end = { segment: this.#end.segment, offset: this.#end.offset + frame.length }
  }

  /** Begins a segment of this opening's own behind the last commit. */
  async #begin(): Promise<void> {
    if (this.#claimed) await this.#mustOwn()
    else {
      await this.#lock.claim()
      this.#claimed = true
      await this.#recover()
    }
    for (;;) {
      const { segment, offset } = this.#end
      const header = {
        format: 2,
        journal: this.#id,
        segment: segment + 1,
        ...(segment > 0 && { sealed: offset }),
      } as const
      const start = await createSegment(this.#folder, header, this.#files)
      if (start !== null) {
        const file = await this.#files.open(segmentPath(this.#folder, header.segment), 'r+')
        const old = this.#file
        this.#file = file
        this.#end = { segment: header.segment, offset: start }
        this.#broken = null
        await old?.close()
        return
      }
      // Another opening made it: a former one, whose last words come first, or one that has taken the journal over.
      await this.#recover()
    }
  }

  async #recover(): Promise<void> {
    const { id, first, end } = await recover(this.#folder, false, this.#files)
    // Asked after the look at the segments: then none of them is a later owner's.
    await this.#mustOwn()
    // A folder without segments has a new name each time it is looked at.
    if (end.segment > 0) this.#id = id
    this.#first = first
    this.#end = end
  }

  /** @throws JournalError `journal_lost` */
  async #mustOwn(): Promise<void> {
    if (!(await this.#isOwner())) throw this.#lostTo ?? new Error('The journal is not claimed yet.')
  }

  async #isOwner(): Promise<boolean> {
    if (!this.#claimed || this.#lostTo) return false
    const why = await this.#whyLost()
    if (why === null) return true
    this.#lostTo = new JournalError('journal_lost', why)
    this.#tellLost(this.#lostTo)
    return false
  }

  async #whyLost(): Promise<string | null> {
    const path = lockPath(this.#folder)
    try {
      if (await this.#lock.holds()) return null
      return `Another service (${await describeHolder(path)}) has taken over the journal in ${this.#folder}. What this one acknowledged is safe there. Run one service per journal.`
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      return `${path} was removed while the service ran, so another one could write to the journal, too. Start the service again, and leave that file alone.`
    }
  }

  async #look(): Promise<void> {
    try {
      const { bavail, bsize } = await statfs(this.#folder)
      this.#freeBytes = bavail * bsize
    } catch {
      // A file system that cannot say is not therefore full; the write itself will tell.
      this.#freeBytes = Number.POSITIVE_INFINITY
    }
    // A lock file that cannot be read is told by the next commit.
    if (this.#claimed && !this.#released) await this.#isOwner().catch(() => {})
  }
}

const now = () => performance.now()

const lockPath = (folder: string) => join(folder, 'lock')

async function takeLock(folder: string, files: JournalFiles, tryLock: LockOptions['tryLock']): Promise<FileLock> {
  let lock: FileLock | null
  try {
    await mkdir(folder, { recursive: true })
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK)
    lock = await FileLock.take(lockPath(folder), { open: files.open, ...(tryLock && { tryLock }) })
  } catch (cause) {
    throw unwritable(folder, cause)
  }
  if (lock) return lock
  throw new JournalError(
    'journal_locked',
    `Another service (${await describeHolder(lockPath(folder))}) uses the journal in ${folder}. Stop it, or use another folder.`,
  )
}

/** @returns false on a full disk: it is claimed later then. */
async function claim(lock: FileLock, folder: string): Promise<boolean> {
  try {
    await lock.claim()
    await removeUnfinished(folder)
    return true
  } catch (cause) {
    if (isFull(cause)) return false
    throw unwritable(folder, cause)
  }
}

function unwritable(folder: string, cause: unknown): JournalError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new JournalError('journal_unwritable', `The journal in ${folder} cannot be written: ${reason}`, { cause })
}

function codeOf(error: Error & { code?: string }): string {
  return error.code ?? error.message
}
