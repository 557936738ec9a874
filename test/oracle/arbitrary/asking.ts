import type { ReportOptions } from '@nsm/engine'
import fc from 'fast-check'
import type { Case } from './case.js'
import { seldom } from './seldom.js'

const HOUR = 3_600_000
const DAY = 24 * HOUR

const asked = fc.record({
  /** Now is a while after the receipt of this one. */
  after: fc.record({ event: fc.nat(), by: fc.constantFrom(0, 1, 12 * HOUR, 4 * DAY, 9 * DAY, 16 * DAY) }),
  asOf: seldom(fc.nat(), 4),
  grain: fc.oneof(
    { weight: 4, arbitrary: fc.constant('week' as const) },
    { weight: 3, arbitrary: fc.constantFrom('day' as const, 'month' as const, 'quarter' as const) },
  ),
  periods: fc.integer({ min: 1, max: 8 }),
  metric: seldom(fc.nat(), 3),
  segment: seldom(fc.nat(), 4),
})

/** What a report may be asked for, made fit for a world of events. */
export const reportArbitrary: fc.Arbitrary<(of: Case) => ReportOptions> = asked.map(
  ({ after, asOf, grain, periods, metric, segment }) =>
    ({ tree, events, now }) => {
      const receipt = (n: number) => events[n % events.length]?.receivedAt ?? now
      const pick = (names: string[], n: number) => names[n % names.length] as string
      return {
        now: receipt(after.event) + after.by,
        ...(asOf === null ? {} : { asOf: Math.min(receipt(asOf), receipt(after.event)) }),
        grain,
        periods,
        ...(metric === null ? {} : { metric: pick(Object.keys(tree.metrics), metric) }),
        ...(segment === null ? {} : { segment: pick(Object.keys(tree.segments), segment) }),
      }
    },
)
