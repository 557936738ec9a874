import { openStore, query, type Store } from '@nsm/engine'
import type { Event } from '@nsm/schema'
import fc from 'fast-check'
import type { Case } from './arbitrary/case.js'
import { differences } from './compare.js'
import { evaluate } from './evaluate.js'
import { type Disagreement, printDisagreement } from './print.js'
import { shrink } from './shrink.js'

/** Cases of a run: `NSM_CASES`, else a number that a test run has time for. */
export function casesWanted(usual: number): number {
  return Number(process.env.NSM_CASES ?? usual)
}

/** The seed of a run: `NSM_SEED` to see the same again. */
export const SEED = Number(process.env.NSM_SEED ?? Math.floor(Math.random() * 2 ** 31))

/** A new store with these deliveries in it. */
export async function storeOf(...deliveries: (readonly Event[])[]): Promise<Store> {
  const store = await openStore('memory:')
  for (const delivery of deliveries) if (delivery.length > 0) await store.insert(delivery)
  return store
}

/** The first query on which the engine and the specification differ, if any. */
async function findDisagreement({ tree, events, cut, requests, now }: Case): Promise<Disagreement | undefined> {
  const store = await storeOf(events.slice(0, cut), events.slice(cut))
  try {
    for (const request of requests) {
      const expected = evaluate(tree, events, request, now)
      const found = await query(store, tree, request, now).then(
        (actual) => differences(expected, actual),
        (error: unknown) => [{ at: '', expected: 'an answer', actual: error }],
      )
      if (found.length > 0) return { tree, events, request, now, differences: found }
    }
    return undefined
  } finally {
    await store.close()
  }
}

/**
 * Compares the engine with the specification on random cases, until `wanted` queries agreed.
 * @throws Error with the smallest case that shows a disagreement.
 */
export async function expectAgreement(arbitrary: fc.Arbitrary<Case>, wanted: number, seed: number): Promise<number> {
  let compared = 0
  for (let round = seed; compared < wanted; round++) {
    for (const one of fc.sample(arbitrary, { seed: round, numRuns: 20 })) {
      if (await findDisagreement(one)) await refute(one, round)
      compared += one.requests.length
      if (compared >= wanted) break
    }
  }
  return compared
}

async function refute(one: Case, seed: number): Promise<never> {
  const least = await shrink(one, async (candidate) => (await findDisagreement(candidate)) !== undefined)
  const found = (await findDisagreement(least)) as Disagreement
  throw new Error(
    `The engine and the specification disagree. To see it again: NSM_SEED=${seed}\n\n${printDisagreement(found)}`,
  )
}
