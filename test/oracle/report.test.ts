import { report } from '@nsm/engine'
import type { Event, Tree } from '@nsm/schema'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { casesWanted, SEED } from '../seed.js'
import { reportDifferences } from './against-report.js'
import { reportArbitrary } from './arbitrary/asking.js'
import { type Case, caseArbitrary } from './arbitrary/case.js'
import { kindredMetrics } from './arbitrary/definition.js'
import { printDifferences, printEvents, printMetrics } from './print.js'
import { storeOf } from './run.js'
import { type Ask, type Stage, unlikeAFreshStore } from './stages.js'

const RUNS = Math.ceil(casesWanted(600) / 250)
const HOUR = 3_600_000
const DAY = 24 * HOUR

/** Every fourth event comes some days later: periods are restated. */
function withLateOnes(one: Case): Case {
  const late = (event: Event, i: number) =>
    i % 4 === 0 ? { ...event, receivedAt: event.receivedAt + (1 + (i % 9)) * DAY } : event
  return { ...one, events: one.events.map(late) }
}

const worlds = fc.sample(
  fc.noBias(
    fc.record({
      one: fc.oneof(caseArbitrary(undefined, 3), caseArbitrary(kindredMetrics, 3)).map(withLateOnes),
      asks: fc.array(reportArbitrary, { minLength: 1, maxLength: 3 }),
      cuts: fc.array(fc.nat(), { minLength: 1, maxLength: 3 }),
    }),
  ),
  { numRuns: RUNS, seed: SEED },
)
/** A tree whose report has all that one may have. */
const whole = (tree: Tree): Tree => ({ ...tree, guardrails: ['leaf1'], revenue: { metric: 'leaf2' } })

describe(`a report (NSM_SEED=${SEED})`, { timeout: 24 * HOUR }, () => {
  it('has the numbers of the specification', async () => {
    for (const { one, asks } of worlds) {
      const tree = whole(one.tree)
      const store = await storeOf(one.events.slice(0, one.cut), one.events.slice(one.cut))
      for (const ask of asks) {
        const options = ask(one)
        const found = reportDifferences(tree, one.events, await report(store, tree, options), options)
        const lines = [
          ...printMetrics(tree),
          ...printEvents(one.events),
          '',
          `report    ${JSON.stringify(options)}`,
          ...printDifferences(found, ['differs at', 'by the specification', 'the report says']),
        ]
        expect(found.length, lines.join('\n')).toBe(0)
      }
      await store.close()
    }
  })

  it('is what a store says that was never asked before, whatever came in between', async () => {
    for (const { one, asks, cuts } of worlds) {
      const { tree, events, requests, now } = one
      const again: Ask[] = [
        ...asks.map((ask) => ({ report: ask(one) })),
        ...requests.map((request) => ({ query: request, now })),
      ]
      const places = [...new Set(cuts.map((cut) => cut % (events.length + 1))), events.length].sort((a, b) => a - b)
      const stages = places.map((end, i): Stage => ({ events: events.slice(places[i - 1] ?? 0, end), asks: again }))
      const unlike = await unlikeAFreshStore(whole(tree), stages)
      if (unlike) expect.fail(unlike)
    }
  })
})
