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
  /** Its place and its number among the device's events; null: only in memory; missing: it is being written. */
  seq?: number | null
  /** It is in a request without an answer yet: 1; in one that outlives the page: 2. Only in memory. */
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
  const store = (entries: Entry[]) =>
    run(
      'readwrite',
      (records) => {
        for (const entry of entries) {
          const request = records.put({ ...entry, flying: 0 })
          request.onsuccess = () => {
            entry.seq = request.result as number
          }
        }
      },
      () => {
        for (const entry of entries) entry.seq = null
      },
    )

  /** Looks what other pages left and what they have concluded. Returns what is stored, or cannot be; oldest first. */
  const look = async () => {
    const known = new Map(waiting)
    await new Promise<void>((resolve) =>
      run(
        'readonly',
        (records) => {
          const request: IDBRequest<Entry[]> = records.getAll()
          request.onsuccess = () => {
            for (const [id, { seq }] of known) {
              if (seq !== null) waiting.delete(id)
            }
            for (const record of request.result) {
              const entry = known.get(record.id) ?? record
              entry.seq = record.seq!
              if (record.due < Date.now()) waiting.set(record.id, entry)
            }
            resolve()
          }
        },
        resolve,
      ),
    )
    return [...waiting.values()].filter(({ seq }) => seq !== undefined)
  }

  const remove = (entries: Entry[]) =>
    run('readwrite', (records) => {
      for (const { seq } of entries) {
        if (seq) records.delete(seq)
      }
    })

  return [waiting, store, look, remove, erase] as const
}
