import { randomUUID } from 'node:crypto'
import { constants, promises as fs } from 'node:fs'
import { hostname } from 'node:os'

/** Who took a lock file last. */
interface Holder {
  /** New with each claim: the fencing token. */
  token: string
  pid: number
  host: string
  /** When it was claimed, ISO 8601. */
  since: string
}

export interface LockOptions {
  /** Asks the operating system for the lock on an open file. Default: the real one. */
  tryLock?: (fd: number) => Promise<boolean>
  open?: typeof fs.open
}

/** One sector: a claim overwrites the whole record before it, at once, and needs no new room on a full disk. */
const RECORD_BYTES = 512
/** On Windows a locked byte cannot be read by others, so it is one far behind the record. */
const LOCKED_BYTE = 2 ** 30
/** Errors of file systems without locks. */
const NO_LOCKS = ['ENOLCK', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EINVAL']

/**
 * A lock file that this process holds until it releases it or dies. The operating system keeps the lock, so it works
 * across containers and process namespaces, and is free at once after `kill -9`. The file itself is never deleted:
 * a new file under the same name would be a second lock.
 *
 * Some file systems grant such locks to everybody (NFS mounted with `nolock`). There the fencing token decides: each
 * {@link claim} makes {@link holds} false for everyone who claimed before.
 */
export class FileLock {
  readonly #path: string
  readonly #file: fs.FileHandle
  readonly #open: typeof fs.open
  #record: Buffer | null = null

  private constructor(path: string, file: fs.FileHandle, open: typeof fs.open) {
    this.#path = path
    this.#file = file
    this.#open = open
  }

  /**
   * Takes the lock, creating an empty file where there is none. Writes nothing.
   *
   * @returns null when another process has it
   * @throws the file system's error when the file cannot be opened for writing
   */
  static async take(path: string, options: LockOptions = {}): Promise<FileLock | null> {
    const { tryLock = lockBySystem, open = fs.open } = options
    const file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o644)
    try {
      if (await tryLock(file.fd)) return new FileLock(path, file, open)
    } catch (error) {
      await file.close()
      throw error
    }
    await file.close()
    return null
  }

  /** Writes durably that this process is the owner now. */
  async claim(): Promise<void> {
    const holder: Holder = {
      token: randomUUID(),
      pid: process.pid,
      host: hostname(),
      since: new Date().toISOString(),
    }
    const record = Buffer.alloc(RECORD_BYTES, ' ')
    record.write(JSON.stringify(holder))
    record.write('\n', RECORD_BYTES - 1)
    const { bytesWritten } = await this.#file.write(record, 0, RECORD_BYTES, 0)
    if (bytesWritten < RECORD_BYTES) throw Object.assign(new Error('The disk is full.'), { code: 'ENOSPC' })
    await this.#file.datasync()
    this.#record = record
  }

  /** Whether nobody has claimed it since this process did. Reopens the file, because NFS asks the server only then. */
  async holds(): Promise<boolean> {
    if (!this.#record) return false
    const file = await this.#open(this.#path, 'r')
    try {
      const found = Buffer.alloc(RECORD_BYTES)
      await file.read(found, 0, RECORD_BYTES, 0)
      return found.equals(this.#record)
    } finally {
      await file.close()
    }
  }

  /** Lets others have it. */
  release(): Promise<void> {
    return this.#file.close()
  }
}

/** Who claimed a lock file last, as a sentence has it: `process 12 on web-1, since 2026-03-02T09:00:00.000Z`. */
export async function describeHolder(path: string): Promise<string> {
  try {
    const { pid, host, since } = JSON.parse(await fs.readFile(path, 'utf8')) as Holder
    if (Number.isInteger(pid) && host && since) return `process ${pid} on ${host}, since ${since}`
  } catch {
    // It was just created, or its disk was full.
  }
  return 'process unknown'
}

async function lockBySystem(fd: number): Promise<boolean> {
  const native = await import('fs-native-extensions').catch(() => null)
  // No binary for this platform: only the fencing token is left.
  if (!native) return true
  try {
    // macOS locks whole files only, and those can still be read.
    return process.platform === 'darwin' ? native.tryLock(fd) : native.tryLock(fd, LOCKED_BYTE, 1)
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (NO_LOCKS.includes(code)) return true
    // Windows' name for a lock that somebody has.
    if (code === 'EBUSY') return false
    throw error
  }
}
