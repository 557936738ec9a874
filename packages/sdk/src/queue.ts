import { openDatabase } from './database.js'
import type { Emit } from './emitter.js'

/** An event that waits: a record in the database. */
export interface Entry {
  /** The event's message id. */
  id: string
  /** Since when this page knows it, by a clock that nobody sets: `performance.now()`. Only in memory. */
  since: number
  /** Before this it is the draft of a timed event that may still grow; ms. Otherwise: an event. */
  due?: number | undefined
  /** Of its JSON in UTF-8. */
  bytes: number
  /** As JSON, whose last member is `"seq":0` in its context: see {@link numbered}. */
  json: string
  /** Its place and its number among the device's events; null: only in memory; missing: it is being written. */
  seq?: number | null
  /** It is in a request without an answer yet: 1; in one that outlives the page: 2. Only in memory. */
  flying?: number
}

/** What the records of one timed event share. */
export interface Draft {
  /** Its record, written again and again in its place. */
  entry?: Partial<Entry>
  /** Until when it is only a draft; ms. */
  due?: number
}

/** How long a draft may wait for more; a later `due` was written while the clock was ahead. */
export const DRAFT_MS = 120_000

/** The event's JSON with its number. */
export const numbered = ({ json, seq }: Entry): string => `${json.slice(0, -3)}${seq || 0}}}`

/**
 * Events that wait: those of this page and those other pages left, as far as read. Each is one record in IndexedDB,
 * which numbers it, and goes only when the event is concluded.
 */
export function createQueue(name: () => string, emit: Emit) {
  const waiting = new Map<string, Entry>()
  /** What was concluded since the last reading: its record may still be there. */
  const concluded = new Set<string>()
  /** How often all was erased: what was read before that is no longer there. */
  let erasures = 0
  const run = openDatabase(name, emit, () => {
    for (const entry of waiting.values()) entry.seq = null
  })

  /** Writes the events of a task, and drafts; one written before keeps its place. */
  const write = async (entries: Entry[]) => {
    const requests = await run((records) => entries.map((entry) => records.put({ ...entry, flying: 0 })))
    for (const entry of entries) {
      const { seq } = entry
      entry.seq = requests ? (requests.shift()!.result as number) : null
      // A draft that was written again before its first place was known.
      if (seq && seq !== entry.seq) remove([{ ...entry, seq }])
    }
  }

  let writing: Promise<void> | undefined
  const save = (entries: Entry[]) => {
    writing = write(entries)
  }

  /** Reads what other pages left and what they have concluded. Returns what is stored, or cannot be; oldest first. */
  const load = async () => {
    const before = erasures
    const request = await run((records): IDBRequest<Entry[]> => records.getAll())
    if (request && before === erasures) {
      const known = new Map(waiting)
      for (const [id, { seq }] of known) {
        if (seq) waiting.delete(id)
      }
      for (const record of request.result) {
        const more = record.due! - Date.now()
        record.since = performance.now()
        if (!(more > 0 && more <= DRAFT_MS) && !concluded.has(record.id))
          waiting.set(record.id, known.get(record.id) ?? record)
      }
      concluded.clear()
    }
    return [...waiting.values()].filter(({ seq }) => seq !== undefined)
  }

  const remove = async (entries: Entry[]) => {
    // A page that is hidden sends copies at once: they may have arrived before they were written.
    if (entries.some(({ seq }) => seq === undefined)) await writing
    run((records) => {
      for (const { seq } of entries) {
        if (seq) records.delete(seq)
      }
    })
  }

  /**
   * Forgets what is being read; `all`: removes everything, in the order of calls, so that what is saved later stays.
   * Returns the ids of what was there.
   */
  const clear = async (all: unknown) => {
    erasures++
    if (!all) return []
    const request = await run((records): IDBRequest<Entry[]> => {
      const found = records.getAll()
      records.clear()
      return found
    })
    return request ? request.result.map(({ id }) => id) : []
  }

  /** Whether it waited; from now on it does not. */
  const end = (id: string) => {
    concluded.add(id)
    return waiting.delete(id)
  }

  return [waiting, save, load, end, remove, clear, run] as const
}
