import { openDatabase } from './database.js'
import type { Emit } from './emitter.js'

/** An event that waits: a record in the database. */
export interface Entry {
  /** The event's message id. */
  id: string
  /** When it was tracked; ms. */
  time: number
  /** Before this it is the draft of a timed moment that may still grow; ms. 0: an event. */
  due: number
  /** Of its JSON in UTF-8. */
  bytes: number
  /** Its JSON, ending in `"seq":0}}`. */
  json: string
  /** Its place and its number among the device's events; 0: only in memory; undefined: being written. */
  key?: number
  /** It is in a request without an answer yet: 1; in one that outlives the page: 2. */
  flying?: number
}

/**
 * Events that wait: those of this page and those other pages left, as far as seen. Each is one record in IndexedDB,
 * which numbers it, and goes only when the event is concluded.
 */
export function createOutbox(name: () => string, emit: Emit) {
  const waiting = new Map<string, Entry>()
  const [run, erase] = openDatabase(name, emit)

  /** Writes the events of a task, and drafts; one written before keeps its place. */
  const add = (entries: Entry[]) => {
    for (const entry of entries) {
      if (!entry.due) waiting.set(entry.id, entry)
    }
    run(
      'readwrite',
      (store) => {
        for (const entry of entries) {
          // It may be on its way already; the record is not.
          const request = store.put({ ...entry, flying: 0 }, entry.key || undefined)
          request.onsuccess = () => {
            entry.key = request.result as number
          }
        }
      },
      () => {
        for (const entry of entries) entry.key = 0
      },
    )
  }

  /** Looks what other pages left and what they have concluded. Returns what is stored, or cannot be; oldest first. */
  const look = async () => {
    const known = new Map(waiting)
    await new Promise<void>((resolve) =>
      run(
        'readonly',
        (store) => {
          const keys = store.getAllKeys()
          const records = store.getAll() as IDBRequest<Entry[]>
          records.onsuccess = () => {
            for (const [id, { key }] of known) {
              if (key !== 0) waiting.delete(id)
            }
            records.result.forEach((record, at) => {
              if (record.due < Date.now()) {
                const entry = known.get(record.id) ?? record
                entry.key = keys.result[at] as number
                waiting.set(entry.id, entry)
              }
            })
            resolve()
          }
        },
        resolve,
      ),
    )
    return [...waiting.values()].filter(({ key }) => key !== undefined)
  }

  const remove = (entries: Entry[]) =>
    run('readwrite', (store) => {
      for (const { key } of entries) {
        if (key) store.delete(key)
      }
    })

  return [waiting, add, look, remove, erase] as const
}
