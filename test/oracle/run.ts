import { openStore, query, type Store } from '@nsm/engine'
import type { Event } from '@nsm/schema'
import fc from 'fast-check'
import { afterAll } from 'vitest'
import { NAMES_SEED } from '../seed.js'
import type { Case } from './arbitrary/case.js'
import { differences } from './compare.js'
import { evaluate } from './evaluate.js'
import { type Disagreement, printDisagreement } from './print.js'
import { shrink } from './shrink.js'

// While one store is open the embedded engine keeps running, and is not started again for every case.
let warm: Promise<Store> | undefined
afterAll(async () => (await warm)?.close())

/** A new store with these deliveries in it. */
export async function storeOf(...deliveries: (readonly Event[])[]): Promise<Store> {
  warm ??= openStore('memory:')
  await warm
  const store = await openStore('memory:')
  for (const delivery of deliveries) if (delivery.length > 0) await store.insert(delivery)
  return store
}

/** The same store, asked by general statements only, and each time anew. */
function generalOnly(store: Store): Store {
  return {
    insert: (events, mark) => store.insert(events, mark),
    position: (journal) => store.position(journal),
    ping: () => store.ping(),
    close: () => store.close(),
    rows: (sql) => store.rows(sql),
    database: store.database,
    changes: null,
    fast: false,
  }
}

/** The first query on which the engine and the specification differ, if any. */
async function findDisagreement(
  store: Store,
  { tree, events, requests, now }: Case,
): Promise<Disagreement | undefined> {
  // As it is asked every day, and by the general statements alone.
  const ways = [store, generalOnly(store)]
  for (const request of requests) {
    const expected = evaluate(tree, events, request, now)
    for (const way of ways) {
      const found = await query(way, tree, request, now).then(
        (actual) => differences(expected, actual),
        (error: unknown) => [{ at: '', expected: 'an answer', actual: error }],
      )
      if (found.length > 0) return { tree, events, request, now, differences: found }
    }
  }
  return undefined
}

/**
 * Compares the engine with the specification on random cases, until `wanted` queries agreed.
 * @returns how many queries were compared, by the kind of their metric's definition
 * @throws Error with the smallest case that shows a disagreement.
 */
export async function expectAgreement(
  arbitrary: fc.Arbitrary<Case>,
  wanted: number,
  seed: number,
): Promise<Map<string, number>> {
  const kinds = new Map<string, number>()
  let compared = 0
  for (let round = seed; compared < wanted; round++) {
    for (const one of fc.sample(arbitrary, { seed: round, numRuns: 20 })) {
      const store = await storeOf(one.events.slice(0, one.cut), one.events.slice(one.cut))
      const found = await findDisagreement(store, one)
      await store.close()
      if (found)
        throw new Error(`${await refutation(one, found)}\n\nTo see it again: NSM_SEED=${round} NSM_NAMES=${NAMES_SEED}`)
      for (const { metric } of one.requests) {
        const kind = one.tree.metrics[metric]?.definition.kind as string
        kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
      }
      compared += one.requests.length
      if (compared >= wanted) break
    }
  }
  return kinds
}

/** The smallest case like this one on which engine and specification differ, for a reader. */
async function refutation(one: Case, found: Disagreement): Promise<string> {
  let best = found
  let held: { events: Case['events']; cut: number; store: Store } | undefined
  await shrink({ ...one, requests: [found.request] }, async (candidate) => {
    const { events, cut } = candidate
    // A plainer definition or a shorter range is asked of the store that is already there.
    if (held?.events !== events || held.cut !== cut) {
      await held?.store.close()
      held = { events, cut, store: await storeOf(events.slice(0, cut), events.slice(cut)) }
    }
    const still = await findDisagreement(held.store, candidate)
    if (still) best = still
    return still !== undefined
  })
  await held?.store.close()
  return `The engine and the specification disagree.\n\n${printDisagreement(best)}`
}
