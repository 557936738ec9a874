import { createStore, promisifyRequest, type UseStore } from 'idb-keyval'
import type { Emit } from './emitter.js'

export { promisifyRequest as answer }

/**
 * One object store, opened when first used. When it is open, `run` makes its transaction in the caller's own task.
 * It answers undefined where IndexedDB fails, at whatever point, and the first time says so.
 */
export function openDatabase(name: () => string, emit: Emit) {
  let use: UseStore | undefined
  let told = false

  const run = async <T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => T | Promise<T>) => {
    try {
      use ??= createStore(name(), 'outbox')
      return await use(mode, work)
    } catch (error) {
      // The connection may be closed for good; the next call opens its own.
      use = undefined
      if (!told) emit('storage', { error })
      told = true
    }
    return
  }

  /** Closes the connection and deletes the database. */
  const erase = () => {
    if (use) run('readonly', (store) => store.transaction.db.close())
    use = undefined
    try {
      indexedDB.deleteDatabase(name())
    } catch {
      // There is none.
    }
  }

  return [run, erase] as const
}
