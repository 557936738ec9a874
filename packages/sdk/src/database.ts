import type { Emit } from './emitter.js'

const STORE = 'outbox'
/** Some browsers sometimes neither open a database nor say that they cannot. */
const PATIENCE_MS = 5_000

/**
 * One object store that numbers its records, opened when first used. When it is open, `run` makes its transaction in
 * the caller's own task and commits it there, so that it ends well although the page may not. Where IndexedDB fails, at
 * whatever point, `failed` is called, and the first time an outcome says so.
 */
export function openDatabase(name: () => string, emit: Emit) {
  let opened: Promise<IDBDatabase> | undefined
  let told = false

  const open = () =>
    new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(name())
      const timer = setTimeout(reject, PATIENCE_MS, 'timeout')
      request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: 'seq', autoIncrement: true })
      request.onerror = () => reject(request.error)
      request.onsuccess = () => {
        const database = request.result
        clearTimeout(timer)
        // Erased, by whatever tab, or closed by the browser: the next call opens its own.
        database.onversionchange = database.onclose = () => {
          database.close()
          opened = undefined
        }
        resolve(database)
      }
    })

  const run = async (mode: IDBTransactionMode, work: (store: IDBObjectStore) => void, failed?: () => void) => {
    let transaction: IDBTransaction | undefined
    const fail = (error: unknown) => {
      if (!told) emit('storage', { error })
      told = true
      failed?.()
    }
    try {
      opened ??= open()
      transaction = (await opened).transaction(STORE, mode)
      transaction.onabort = () => fail(transaction!.error)
      work(transaction.objectStore(STORE))
      transaction.commit?.()
    } catch (error) {
      // Not open, or no more, whatever it said: the next call opens its own.
      if (!transaction) opened = undefined
      fail(error)
    }
  }

  /** Deletes the database, whoever has it open. */
  const erase = () => {
    try {
      indexedDB.deleteDatabase(name())
    } catch {
      // There is none.
    }
  }

  return [run, erase] as const
}
