import type { Emit } from './emitter.js'

const STORE = 'outbox'
/** Some browsers sometimes neither open a database nor say that they cannot. */
const PATIENCE_MS = 5_000

/**
 * One object store that numbers its records, opened when first used. When it is open, `run` makes its transaction in
 * the caller's own task and commits it there, so that it ends well although the page may not. Resolves to what `work`
 * returned when that is on disk; to nothing where IndexedDB fails, at whatever point, and the first time an outcome
 * says so. `lost` is called when the database, with all that is in it, has been deleted.
 */
export function openDatabase(name: () => string, emit: Emit, lost: () => void) {
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
        // Deleted, by whatever tab, or closed by the browser: the next call opens its own.
        database.onversionchange = database.onclose = () => {
          database.close()
          opened = undefined
          lost()
        }
        resolve(database)
      }
    })

  /** Without work it deletes the database, whoever has it open. */
  return async <T>(work?: (store: IDBObjectStore) => T): Promise<T | undefined> => {
    try {
      if (!work) return void indexedDB.deleteDatabase(name())
      opened ??= open()
      const mine = opened
      const transaction = (await mine).transaction(STORE, 'readwrite')
      const result = work(transaction.objectStore(STORE))
      transaction.commit?.()
      await new Promise((resolve, reject) => {
        transaction.oncomplete = resolve
        transaction.onabort = () => reject(transaction.error)
      })
      // What was written into a database that is being deleted is gone.
      return opened === mine ? result : undefined
    } catch (error) {
      // Whatever it said, the next call opens its own.
      opened = undefined
      if (!told) emit('storage', { error })
      told = true
      return
    }
  }
}
