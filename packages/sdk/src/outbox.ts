import { answer, openDatabase } from './database.js'
import type { Emit } from './emitter.js'

/**
 * Where a record stands in the database. IndexedDB sorts arrays item by item, so the keys alone, without reading a
 * record, give the oldest first, the identity and the size of each, and which may be sent.
 */
type Key = [
  /** When it was stored; ms. */
  time: number,
  /** Its place among the events of its page. */
  order: number,
  messageId: string,
  bytes: number,
  /** Before this it is the draft of a timed moment that may still grow; ms. 0: an event. */
  due: number,
]

/** An event that waits. */
export interface Entry {
  key: Key
  /** Its JSON, ending in `"seq":0}}` until it has its number. Missing while only the database has it. */
  json?: string | undefined
  /** Its number among the device's events. */
  seq?: number
  /** The draft whose place and number it takes. */
  old?: Entry | undefined
  /** Whether the database has it; unknown while it is being written. */
  saved?: boolean
  /** It is in a keepalive request that has no answer yet. */
  flying?: boolean
}

/** So many records are read at once: a batch. */
const FIRST = 50

/**
 * Events that wait: those of this page, with their JSON, and what other pages left, as far as seen. Each is one record
 * in IndexedDB and goes only when the event is concluded.
 */
export function createOutbox(name: () => string, emit: Emit) {
  const waiting = new Map<string, Entry>()
  const [run, erase] = openDatabase(name, emit)

  /** Takes the events of a task, and drafts: writes them in one transaction, which also numbers those of `device`. */
  const add = async (entries: Entry[], device: string) => {
    for (const entry of entries) {
      if (!entry.key[4]) waiting.set(entry.key[2], entry)
    }
    const saved = await run('readwrite', (store) => {
      const counter = store.get(device)
      counter.onsuccess = () => {
        let last: number = counter.result ?? 0
        for (const entry of entries) {
          const { old } = entry
          entry.seq = old?.seq ?? ++last
          entry.json = `${entry.json!.slice(0, -3)}${entry.seq}}}`
          entry.old = undefined
          if (old) store.delete(old.key)
          store.put(entry.json, entry.key)
        }
        store.put(last, device)
      }
      return answer(store.transaction).then(() => true)
    })
    for (const entry of entries) entry.saved = !!saved
  }

  /**
   * Looks what other pages left and what they have concluded, and reads the first. Then `waiting` is oldest first, and
   * has the JSON of what can be sent next.
   */
  const look = async () => {
    const found = await run('readonly', (store) => {
      const events = IDBKeyRange.lowerBound([])
      return Promise.all([answer(store.getAllKeys(events)), answer(store.getAll(events, FIRST))])
    })
    if (!found) return
    const known = new Map(waiting)
    waiting.clear()
    ;(found[0] as Key[]).forEach((key, at) => {
      if (key[4] < Date.now()) {
        const entry: Entry = known.get(key[2]) ?? { key, saved: true }
        entry.json ??= found[1][at]
        waiting.set(key[2], entry)
      }
    })
    for (const [id, entry] of known) {
      if (!entry.saved) waiting.set(id, entry)
    }
  }

  const remove = (entries: Entry[]) =>
    run('readwrite', (store) => {
      for (const entry of entries) store.delete(entry.key)
    })

  return [waiting, add, look, remove, erase] as const
}
