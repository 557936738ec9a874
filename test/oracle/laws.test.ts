import { query, type Store } from '@nsm/engine'
import type { Event, QueryRequest, QueryResult, Tree } from '@nsm/schema'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { casesWanted, SEED } from '../seed.js'
import { type Case, caseArbitrary, type Metrics } from './arbitrary/case.js'
import { entityRows, leafRows } from './arbitrary/definition.js'
import { differences } from './compare.js'
import { storeOf } from './run.js'

const RUNS = Math.ceil(casesWanted(600) / 125)

const law = (arbitrary: fc.Arbitrary<Case>, check: (one: Case, seed: number) => Promise<void>) => async () => {
  const property = fc.asyncProperty(arbitrary, fc.nat(), check)
  await fc.assert(property, { numRuns: RUNS, seed: SEED, interruptAfterTimeLimit: 3_600_000 })
}
const only = (metrics: fc.Arbitrary<Metrics>) => caseArbitrary(metrics, 4)
const HOUR = 3_600_000

describe('a store holds to its laws', { timeout: 24 * HOUR }, () => {
  it(
    'a copy, identical or changed, never changes a number',
    law(caseArbitrary(undefined, 6), async ({ tree, events, requests, now }, seed) => {
      const once = [...new Map(events.map((event) => [event.messageId, event])).values()]
      const copies = once.filter((_, i) => (i + seed) % 3 === 0).map((event, i) => copyOf(event, i + seed))
      const atOnce = copies.map((copy, i) => ({ ...copy, receivedAt: copy.receivedAt - laterBy(i + seed) }))
      const after = storeOf([...once, ...atOnce], [...copies, ...atOnce])
      await expectSame(tree, requests, now, await storeOf(once), await after, await storeOf(copies, once))
    }),
  )

  it(
    'it does not matter in which order, or in how many deliveries, events come to the store',
    law(caseArbitrary(undefined, 6), async ({ tree, events, requests, now }, seed) => {
      // Of copies received in the same millisecond the first that comes is the event.
      const apart = [...new Map(events.map((event) => [`${event.messageId} ${event.receivedAt}`, event])).values()]
      const half = seed % (apart.length + 1)
      const other = storeOf(apart.slice(half).reverse(), apart.slice(0, half))
      await expectSame(tree, requests, now, await storeOf(apart), await other)
    }),
  )

  it(
    'what was asked before, when fewer events had come, changes no later answer',
    law(caseArbitrary(undefined, 6), async ({ tree, events, requests, now }, seed) => {
      const half = seed % (events.length + 1)
      const asked = await storeOf(events.slice(0, half))
      for (const request of requests) await query(asked, tree, request, now)
      if (half < events.length) await asked.insert(events.slice(half))
      await expectSame(tree, requests, now, asked, await storeOf(events))
    }),
  )

  it(
    'a question as of an instant gets the answer that was given then',
    law(caseArbitrary(undefined, 6), async ({ tree, events, requests, now }, seed) => {
      const then = events.length > 0 ? (events[seed % events.length] as Event).receivedAt : now
      const past = requests.map(({ asOf: _, ...request }) => ({ ...request, asOf: new Date(then).toISOString() }))
      const known = await storeOf(events.filter((event) => event.receivedAt <= then))
      await expectSame(tree, past, now, await storeOf(events), known)
    }),
  )

  it(
    'the counts of days add up to the count of their range',
    law(
      only(leafRows.map((rows) => ({ events: { title: 'events', definition: { kind: 'count', ...rows } } }))),
      async ({ tree, events, requests, now }) => {
        const store = await storeOf(events)
        for (const { segment: _, ...request } of requests) {
          const days = await query(store, tree, { ...request, grain: 'day' }, now)
          const range = await query(store, tree, { ...request, grain: 'range' }, now)
          expect(range.points).toHaveLength(1)
          expect(range.points[0]?.value ?? 0).toBe(days.points.reduce((sum, { value }) => sum + (value ?? 0), 0))
        }
        await store.close()
      },
    ),
  )

  it(
    'new, returning and resurrected entities are the active ones',
    law(
      only(
        entityRows.map((rows) =>
          Object.fromEntries(
            [undefined, 'new', 'returning', 'resurrected'].map((lifecycle) => [
              lifecycle ?? 'active',
              {
                title: 'entities',
                definition: { kind: 'unique', of: 'user', ...rows, ...(lifecycle ? { lifecycle } : {}) },
              },
            ]),
          ),
        ),
      ),
      async ({ tree, events, requests, now }) => {
        const store = await storeOf(events)
        const valuesOf = async (metric: string, { segment: _, ...request }: QueryRequest) =>
          (await query(store, tree, { ...request, metric }, now)).points.map(({ value }) => value)
        for (const request of requests) {
          const [active, ...parts] = [
            await valuesOf('active', request),
            await valuesOf('new', request),
            await valuesOf('returning', request),
            await valuesOf('resurrected', request),
          ] as const
          const sums = active.map((_, i) => parts.reduce<number | null>((sum, part) => add(sum, part[i] ?? null), 0))
          expect(sums).toEqual(active)
        }
        await store.close()
      },
    ),
  )
})

/** How much later (ms) than an event its i-th copy is received. */
const laterBy = (i: number) => 1 + (i % 5) * HOUR

/** A later delivery of an event, as it was or changed in every way. */
function copyOf(event: Event, i: number): Event {
  const later = { ...event, receivedAt: event.receivedAt + laterBy(i) }
  if (i % 2 === 0) return later
  return {
    ...later,
    name: later.type === 'track' ? 'b' : later.name,
    time: event.time + ((i % 9) - 4) * 24 * HOUR,
    userId: 'somebody else',
    properties: { n: 1000, plan: 'changed' },
    context: {},
  }
}

/** Expects the same answers of every store as of the first, and closes them. */
async function expectSame(tree: Tree, requests: QueryRequest[], now: number, ...stores: Store[]): Promise<void> {
  for (const request of requests) {
    const [expected, ...others] = await Promise.all(stores.map((store) => query(store, tree, request, now)))
    for (const other of others) expect(differences(expected as QueryResult, other), JSON.stringify(request)).toEqual([])
  }
  for (const store of stores) await store.close()
}

function add(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : one + other
}
