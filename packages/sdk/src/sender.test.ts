import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Entry } from './queue.js'
import { backoff, outcomeOf, pauseOf, retryAfter, takeBatch } from './sender.js'

const now = Date.parse('2026-03-02T09:00:00Z')
const WEEK = 7 * 24 * 3_600_000

describe('Retry-After', () => {
  it.each([
    ['120', 120_000],
    ['Mon, 02 Mar 2026 09:00:30 GMT', 30_000],
    ['Mon, 02 Mar 2026 08:00:00 GMT', 0],
    ['0', 0],
    ['-5', 0],
    ['soon', 0],
    [null, 0],
    [undefined, 0],
    // A timer of more than 24 days fires at once.
    ['99999999', WEEK],
  ])('of %s is %d ms', (header, ms) => {
    expect(retryAfter(header, now)).toBe(ms)
  })

  it('is a wait that a timer can hold, whatever it says', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.double().map(String), fc.date().map(String)),
        fc.maxSafeNat(),
        (header, at) => {
          const pause = pauseOf(503, header, at)
          expect(pause).toBeGreaterThanOrEqual(0)
          expect(pause).toBeLessThanOrEqual(WEEK)
        },
      ),
    )
  })
})

describe('an answer', () => {
  it.each([200, 202, 204, 299])('of status %d has taken the events', (status) => expect(outcomeOf(status)).toBe('sent'))
  it.each([400, 410, 413, 422])('of status %d never will', (status) => expect(outcomeOf(status)).toBe('rejected'))

  it('of any other status, and none, keeps them', () => {
    for (const status of [0, ...Array.from({ length: 500 }, (_, i) => i + 100)]) {
      if ((status < 200 || status > 299) && ![400, 410, 413, 422].includes(status)) {
        expect(outcomeOf(status)).toBeUndefined()
      }
    }
  })
})

it('backs off by 1 s · 2ⁿ with full jitter, to five minutes at most', () => {
  expect([0, 1, 2, 8, 9, 2_000].map((failures) => backoff(failures, 1))).toEqual([1e3, 2e3, 4e3, 256e3, 300e3, 300e3])
  fc.assert(
    fc.property(fc.nat(5_000), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (failures, random) => {
      const wait = backoff(failures, random)
      expect(wait).toBeGreaterThanOrEqual(0)
      expect(wait).toBeLessThan(Math.min(300_000, 1_000 * 2 ** failures))
    }),
  )
})

describe('a request', () => {
  const entries = fc.array(
    fc.record({
      bytes: fc.integer({ min: 1, max: 70_000 }),
      flying: fc.constantFrom(undefined, 0, 1, 2),
      waits: fc.boolean(),
    }),
    { maxLength: 80 },
  )

  it('has events that wait and are not under way, in their order, within its bounds', () => {
    fc.assert(
      fc.property(
        entries,
        fc.constantFrom(0 as const, 1 as const),
        fc.integer({ min: 1, max: 50 }),
        (made, leaving, most) => {
          const all = made.map(
            (entry, i) => ({ ...entry, id: String(i), since: 0, json: '' }) as Entry & { waits: boolean },
          )
          const waiting = new Map(all.filter(({ waits }) => waits).map((entry) => [entry.id, entry]))
          const batch = takeBatch(all, waiting, most, leaving)
          const can = all.filter(({ waits, flying }) => waits && !(flying! > leaving))
          const bytes = batch.reduce((sum, entry) => sum + entry.bytes, 0)

          expect(batch).toEqual(can.slice(0, batch.length))
          expect(batch.length).toBeLessThanOrEqual(most)
          // All of the page's requests that outlive it share 64 KiB; otherwise one event goes however large it is.
          if (leaving || batch.length > 1) expect(bytes).toBeLessThan(leaving ? 60_000 : 48_000)
          if (!leaving) expect(batch.length > 0).toBe(can.length > 0)
        },
      ),
    )
  })
})
