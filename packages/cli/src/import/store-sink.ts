import type { Store } from '@nsm/engine'
import { toStoredEvent } from '../input/message.js'
import type { Position } from './position.js'
import type { Sink } from './sink.js'

/** Imports into a store that this process opened. @param now receipt time for rows without their own; ms */
export function storeSink(store: Store, location: string, now: number): Sink {
  return {
    name: location,
    async position(key) {
      const kept = await store.position(key)
      return kept === null ? null : (JSON.parse(kept) as Position)
    },
    async write(block, key, position) {
      const events = block.map(({ message, id }) => toStoredEvent(message, id, now))
      await store.insert(events, { journal: key, position: JSON.stringify(position) })
      return new Map()
    },
    close: () => store.close(),
  }
}
