import { createStore, promisifyRequest, type UseStore } from 'idb-keyval'

/** A first read that takes longer is taken as failed: Safari and blocked upgrades leave requests hanging for ever. */
const PATIENCE_MS = 5_000

type Run = <T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => Promise<T>) => Promise<T | undefined>

/**
 * One object store, opened when first used. `run` is called, and its transaction made, in the caller's own task when
 * the database is open. It answers undefined where IndexedDB fails, at whatever point, and tells `failed`.
 */
export function openDatabase(name: string, failed: (error: unknown) => void) {
  let use: UseStore | undefined

  const run: Run = async (mode, work) => {
    let timer: ReturnType<typeof setTimeout> | undefined
    try {
      use ??= createStore(name, 'outbox')
      return await Promise.race([
        use(mode, work),
        new Promise<never>((_, reject) => {
          timer = setTimeout(() => reject(new Error('IndexedDB does not answer')), PATIENCE_MS)
        }),
      ])
    } catch (error) {
      // A connection that failed once may be closed for good; the next call opens its own.
      use = undefined
      failed(error)
      return
    } finally {
      clearTimeout(timer)
    }
  }

  /** Empties the store, closes it and deletes the database. */
  const erase = async () => {
    if (use) {
      await run('readwrite', async (store) => {
        store.clear()
        store.transaction.db.close()
      })
      use = undefined
    }
    try {
      indexedDB.deleteDatabase(name)
    } catch {
      // There is none to delete.
    }
  }

  return [run, erase] as const
}

export { promisifyRequest as answer }
