import { createStore, promisifyRequest, type UseStore } from 'idb-keyval'
import type { Emit } from './emitter.js'

/** Safari, and a database that another page is deleting, may leave a request hanging for ever. */
const PATIENCE_MS = 5_000

export { promisifyRequest as answer }

/**
 * One object store, opened when first used. When it is open, `run` makes its transaction in the caller's own task.
 * It answers undefined where IndexedDB fails, at whatever point, and the first time says so.
 */
export function openDatabase(name: () => string, emit: Emit) {
  let use: UseStore | undefined
  let told = false

  const run = async <T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => T | Promise<T>) => {
    let timer: unknown
    try {
      use ??= createStore(name(), 'outbox')
      return await Promise.race([
        use(mode, work),
        new Promise<never>((_, reject) => {
          timer = setTimeout(reject, PATIENCE_MS)
        }),
      ])
    } catch (error) {
      // The connection may be closed for good; the next call opens its own.
      use = undefined
      if (!told) emit('storage', { error })
      told = true
    } finally {
      clearTimeout(timer as number)
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
