import type { Grain, Tree } from '@nsm/schema'
import type { Store } from '../store/index.js'
import { definitionHash } from './hash.js'
import type { LateEvents } from './late-events.js'

/** What was first reported of periods, as far as it was asked for. */
export interface FirstValues {
  has(entry: LateEvents): boolean
  get(entry: LateEvents): number | null | undefined
  set(entry: LateEvents, value: number | null): void
}

const remembered = new WeakMap<Store, Map<string, number | null>>()

/**
 * First reported values, remembered for as long as the store is open. They cannot change: they depend on the definition
 * and on what had been received by an instant, and how much that is, is part of the key, because a journal can be applied
 * long after it was written.
 */
export function firstValues(store: Store, tree: Tree, grain: Grain): FirstValues {
  const values = remembered.get(store) ?? new Map<string, number | null>()
  remembered.set(store, values)
  const hashes = new Map<string, string>()
  const hashOf = (metric: string) => {
    const hash = hashes.get(metric) ?? definitionHash(tree, metric)
    hashes.set(metric, hash)
    return hash
  }
  const key = ({ metric, period, finalAt, seen }: LateEvents) =>
    `${hashOf(metric)} ${grain} ${period.id} ${finalAt} ${seen}`
  return {
    has: (entry) => values.has(key(entry)),
    get: (entry) => values.get(key(entry)),
    set: (entry, value) => values.set(key(entry), value),
  }
}
