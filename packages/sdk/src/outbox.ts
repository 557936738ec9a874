import type { Backoff } from './backoff.js'
import { answer, openDatabase } from './database.js'
import type { Emit } from './emitter.js'
import type { Key } from './key.js'

/** An event of this page that has not been concluded. */
export interface Entry {
  key: Key
  /** The event's JSON. Ends in `"seq":0}}` until it has its number. */
  json: string
  /** Whose numbers it takes: the anonymous id. */
  device: string
  /** Its number among the device's events. */
  seq?: number
  /** It is in the database. */
  saved?: boolean
  /** It is in a keepalive request that has no answer yet. */
  flying?: boolean
  /** The record it takes the place of. */
  before?: Key | undefined
}

export type Outbox = ReturnType<typeof createOutbox>

/** Where the device's attempts stand: beside the events, under a text, which sorts before every array. */
const BACKOFF = 'backoff'

/**
 * Events that wait: those of this page in memory, and every one, of any page, as one record each in IndexedDB.
 * A record is written in the task that made the event, and goes only when the event is concluded.
 */
export function createOutbox(name: string, emit: Emit) {
  const mine = new Map<string, Entry>()
  let fresh: Entry[] = []
  let told = false

  const [run, erase] = openDatabase(name, (error) => {
    if (told) return
    told = true
    emit('storage', { reason: (error as Error)?.name === 'QuotaExceededError' ? 'full' : 'unavailable', error })
  })

  /** Writes what is fresh: all events of a task in one transaction, which also gives them their numbers. */
  const write = () => {
    const entries = fresh
    const device = entries[0]?.device
    fresh = []
    if (device)
      run('readwrite', async (store) => {
        const counter = store.get(device)
        counter.onsuccess = () => {
          let last: number = counter.result ?? 0
          for (const entry of entries) {
            entry.seq ??= ++last
            entry.json = entry.json.replace(/0}}$/, `${entry.seq}}}`)
            if (entry.before) store.delete(entry.before)
            store.put(entry.json, entry.key)
          }
          store.put(last, device)
        }
        await answer(store.transaction)
        for (const entry of entries) entry.saved = true
      })
  }

  return {
    mine,
    write,
    /** Takes an event, or the draft of one, and writes it before the current task ends. */
    add(entry: Entry) {
      if (!entry.key[3]) mine.set(entry.key[1], entry)
      if (fresh.push(entry) === 1) queueMicrotask(write)
    },
    /** Everything that may be sent, oldest first, and the state of the device's attempts. */
    async scan(now: number): Promise<[Key[], Backoff | undefined]> {
      const found = await run('readonly', (store) =>
        Promise.all([answer(store.getAllKeys(IDBKeyRange.lowerBound([]))), answer(store.get(BACKOFF))]),
      )
      const stored = (found?.[0] ?? []) as Key[]
      const known = new Set(stored.map((key) => key[1]))
      for (const [id, entry] of mine) {
        // Saved and not there: another tab has concluded it.
        if (known.has(id)) continue
        if (found && entry.saved) mine.delete(id)
        else stored.push(entry.key)
      }
      // A due time far ahead is a clock that was put back.
      return [stored.filter((key) => key[3] < now || key[3] > now + 1e6), found?.[1]]
    },
    /** Keys with their JSON: from memory, or what another page left in the database. */
    async read(keys: Key[]): Promise<[Key, string][]> {
      let jsons = keys.map((key) => mine.get(key[1])?.json)
      if (jsons.includes(undefined)) {
        jsons =
          (await run('readonly', (store) =>
            Promise.all(keys.map((key, i) => jsons[i] ?? answer<string>(store.get(key)))),
          )) ?? jsons
      }
      return keys.flatMap((key, i): [Key, string][] => (jsons[i] ? [[key, jsons[i]]] : []))
    },
    /** Forgets concluded events. */
    async remove(keys: Key[]) {
      for (const key of keys) mine.delete(key[1])
      await run('readwrite', (store) => {
        for (const key of keys) store.delete(key)
        return answer(store.transaction)
      })
    },
    async keepBackoff(state: Backoff) {
      await run('readwrite', (store) => {
        store.put(state, BACKOFF)
        return answer(store.transaction)
      })
    },
    /** Forgets everything, here and on disk. */
    erase() {
      mine.clear()
      fresh = []
      return erase()
    },
  }
}
