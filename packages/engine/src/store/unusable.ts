import { accessSync, constants, mkdtempSync, readFileSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { EngineError } from '../errors.js'

/** What an error of the file system means for a store's folder, and what to do about it. */
const REASONS: Record<string, string> = {
  EEXIST: 'it is a file. Name a folder.',
  ENOTDIR: 'it, or what it lies in, is a file. Name a folder.',
  EACCES: 'this user may not read and write it. Give it to this user, or name another folder.',
  EPERM: 'this user may not read and write it. Give it to this user, or name another folder.',
  EROFS: 'its disk is read-only. Make it writable, or name another folder.',
  ENOSPC: 'its disk is full. Make room, or name another folder.',
  EDQUOT: 'its disk is full. Make room, or name another folder.',
}

/** Why a store's folder cannot be used, from an error of the file system. */
export function unusable(folder: string, cause: unknown): EngineError {
  const { code = '', message } = cause as NodeJS.ErrnoException
  const reason = REASONS[code] ?? message
  const kind = code === 'ENOSPC' || code === 'EDQUOT' ? 'store_full' : 'store_unusable'
  return new EngineError(kind, `The store in ${folder} cannot be opened: ${reason}`, { cause })
}

/** That a store's folder belongs to another process. */
export function taken(folder: string, holder: string): EngineError {
  const message = `Another process has the store in ${folder} (${holder}). Stop it, use it through its URL, or name another folder.`
  return new EngineError('store_locked', message)
}

/**
 * Why the embedded engine could not open a folder that exists: it does not say so itself. Looks for what the file system
 * refuses, then for a process that still has it, such as the reader of a service that was just killed.
 */
export function whyNotOpened(folder: string, cause: unknown): EngineError {
  // The engine locks this file, and writes its process's id into it.
  const status = join(folder, 'status')
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK)
    rmdirSync(mkdtempSync(join(folder, '.nsm-')))
    accessSync(status, constants.R_OK | constants.W_OK)
  } catch (refused) {
    return unusable(folder, (refused as NodeJS.ErrnoException).code === 'ENOENT' ? cause : refused)
  }
  const holder = Number(/^PID: (\d+)/.exec(readFileSync(status, 'utf8'))?.[1])
  if (!isAlive(holder)) {
    // A container has processes that are not seen from another.
    const message = `The store in ${folder} cannot be opened, and no process that can be seen from here has it. If a service in another container does, stop that one; otherwise its files are damaged: restore them from a backup.`
    return new EngineError('store_unusable', message, { cause })
  }
  return taken(folder, `process ${holder}`)
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
