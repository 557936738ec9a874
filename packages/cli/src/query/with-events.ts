import type { Store } from '@nsm/engine'
import type { Event } from '@nsm/schema'

const BLOCK_EVENTS = 50_000

/** A temporary store with events in it. */
export interface LoadedStore {
  store: Store
  /** When the last of them happened; ms since the epoch, -Infinity without events. */
  lastTime: number
  /** When the last of them was received. */
  lastReceipt: number
}

/** Loads events into a temporary store and removes it after `use`. */
export async function withEvents<T>(
  events: Iterable<Event> | AsyncIterable<Event>,
  use: (loaded: LoadedStore) => Promise<T>,
): Promise<T> {
  const { openStore } = await import('@nsm/engine')
  const store = await openStore('memory:')
  try {
    const loaded: LoadedStore = { store, lastTime: -Infinity, lastReceipt: -Infinity }
    let block: Event[] = []
    for await (const event of events) {
      loaded.lastTime = Math.max(loaded.lastTime, event.time)
      loaded.lastReceipt = Math.max(loaded.lastReceipt, event.receivedAt)
      block.push(event)
      if (block.length === BLOCK_EVENTS) {
        await store.insert(block)
        block = []
      }
    }
    if (block.length > 0) await store.insert(block)
    return await use(loaded)
  } finally {
    await store.close()
  }
}
