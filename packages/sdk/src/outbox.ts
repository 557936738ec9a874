import { openDatabase } from './database.js'
import type { Emit } from './emitter.js'

/** An event that waits: a record in the database. */
export interface Entry {
  /** The event's message id. */
  id: string
  /** When it was tracked; ms. */
  time: number
  /** Before this it is the draft of a timed moment that may still grow; ms. Otherwise: an event. */
  due?: number | undefined
  /** Of its JSON in UTF-8. */
  bytes: number
  /** As JSON, without its number. */
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
  const run = openDatabase(name, emit)

  /** Writes the events of a task, and drafts; one written before keeps its place. */
  const store = async (entries: Entry[]) => {
    const requests = await run((records) => entries.map((entry) => records.put({ ...entry, flying: 0 })))
    for (const entry of entries) entry.seq = requests ? (requests.shift()!.result as number) : null
  }

  /** Looks what other pages left and what they have concluded. Returns what is stored, or cannot be; oldest first. */
  const look = async () => {
    const request = await run((records): IDBRequest<Entry[]> => records.getAll())
    if (request) {
      const known = new Map(waiting)
      for (const [id, { seq }] of known) {
        if (seq) waiting.delete(id)
      }
      for (const record of request.result) {
        if (!(record.due! > Date.now())) waiting.set(record.id, known.get(record.id) ?? record)
      }
    }
    return [...waiting.values()].filter(({ seq }) => seq !== undefined)
  }

  const remove = (entries: Entry[]) =>
    run((records) => {
      for (const { seq } of entries) {
        if (seq) records.delete(seq)
      }
    })

  return [waiting, store, look, remove, run] as const
}
