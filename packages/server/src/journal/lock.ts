import { randomUUID } from 'node:crypto'
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { JournalError } from './error.js'

export interface Lock {
  release(): Promise<void>
}

/** Who holds a lock: a process, told apart from a later one with the same number by when it started. */
interface Holder {
  pid: number
  started: string
}

/** Paths held by this process: its own number in a file says nothing about who in it holds the lock. */
const held = new Set<string>()

/**
 * Takes the lock file, or takes it over from a process that is gone. It needs no waiting after `kill -9`: the file
 * names its holder, and whether that process lives can be asked.
 *
 * @throws JournalError `journal_locked` with the holder's process id
 */
export async function acquireLock(path: string): Promise<Lock> {
  if (held.has(path)) throw locked(path, process.pid)
  held.add(path)
  const mine = `${path}.${randomUUID()}`
  try {
    const me: Holder = { pid: process.pid, started: await startOf(process.pid) }
    await writeFile(mine, JSON.stringify(me))
    // A link appears whole or not at all, and never in place of another.
    while (!(await tryLink(mine, path))) {
      const text = await readFile(path, 'utf8').catch(() => null)
      if (text === null) continue
      const holder = parseHolder(text)
      if (holder && (await isAlive(holder))) throw locked(path, holder.pid)
      await removeStale(path, text)
    }
  } catch (error) {
    held.delete(path)
    throw error
  } finally {
    await rm(mine, { force: true })
  }
  return {
    async release() {
      await rm(path, { force: true })
      held.delete(path)
    },
  }
}

function locked(path: string, pid: number): JournalError {
  return new JournalError(
    'journal_locked',
    `Another service (process ${pid}) already uses the journal of ${path.replace(/\/lock$/, '')}; stop it, or give this one a folder of its own.`,
  )
}

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Moves the dead process's file away; should another have taken over in between, its file goes back. */
async function removeStale(path: string, expected: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`
  try {
    await rename(path, aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  if ((await readFile(aside, 'utf8')) !== expected) await tryLink(aside, path)
  await rm(aside, { force: true })
}

function parseHolder(text: string): Holder | null {
  try {
    const holder = JSON.parse(text) as Holder
    return Number.isInteger(holder.pid) ? holder : null
  } catch {
    return null
  }
}

async function isAlive({ pid, started }: Holder): Promise<boolean> {
  // Containers start with the same numbers each time: our own number in a file we do not hold is a former life's.
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  return (await startOf(pid)) === started
}

/** When a process started, as boot and clock ticks, where the system says it (Linux); `''` elsewhere. */
async function startOf(pid: number): Promise<string> {
  try {
    const [boot, stat] = await Promise.all([
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      readFile(`/proc/${pid}/stat`, 'utf8'),
    ])
    // Field 22; the name in field 2 may hold spaces and brackets.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return `${boot.trim()}:${fields[19]}`
  } catch {
    return ''
  }
}
