import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { type Location, parseLocation } from './location.js'
import { describeHolder, FileLock } from './lock.js'
import { taken, unusable } from './unusable.js'

/** A store's folder that no other process may open meanwhile. */
export interface StoreLock {
  /** Writes into the lock file who has it, for the sentence that others get. A full disk is no reason to fail. */
  claim(): Promise<void>
  release(): Promise<void>
}

export const NOTHING_TO_LOCK: StoreLock = { claim: async () => {}, release: async () => {} }

/**
 * Takes the lock of a store's folder, creating the folder where there is none, before anything else is written to it.
 * A ClickHouse needs none.
 *
 * @throws EngineError `store_locked` with who has it, `store_unusable`, `store_full`
 */
export async function lockLocation(location: Location): Promise<StoreLock> {
  if (location.kind !== 'file') return NOTHING_TO_LOCK
  const folder = resolve(location.folder)
  const path = join(folder, 'lock')
  let lock: FileLock | null
  try {
    await mkdir(folder, { recursive: true })
    lock = await FileLock.take(path)
  } catch (cause) {
    throw unusable(folder, cause)
  }
  if (!lock) throw taken(folder, await describeHolder(path))
  const held = lock
  return { claim: () => held.claim().catch(() => {}), release: () => held.release() }
}

/**
 * Keeps a store's folder from every other process without opening the store: for a service, whose reader opens it.
 *
 * @throws EngineError `invalid_location`, `store_locked` with who has it, `store_unusable`, `store_full`; nothing was
 *   written to the folder then
 */
export async function lockStore(location: string): Promise<StoreLock> {
  return lockLocation(parseLocation(location))
}
