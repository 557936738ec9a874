import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Halves, mixAndRate } from './mix-rate.js'

const segments = fc.dictionary(
  fc.constantFrom('free', 'team', 'enterprise', 'trial'),
  fc.record({ numerator: fc.integer({ min: 0, max: 1000 }), denominator: fc.integer({ min: 0, max: 1000 }) }),
  { minKeys: 1 },
)
const asMap = (record: Record<string, Halves>) =>
  new Map(
    Object.entries(record).map(([id, { numerator, denominator }]) => [
      id,
      { numerator: Math.min(numerator, denominator), denominator },
    ]),
  )
const rate = (map: Map<string, Halves>) => {
  const all = [...map.values()]
  return (
    all.reduce((sum, { numerator }) => sum + numerator, 0) / all.reduce((sum, { denominator }) => sum + denominator, 0)
  )
}

test('mix and rate add up to the change, and flip with time', () => {
  fc.assert(
    fc.property(segments, segments, (first, second) => {
      const [before, after] = [asMap(first), asMap(second)]
      const forth = mixAndRate(before, after)
      const back = mixAndRate(after, before)
      if (!forth || !back) return
      const sum = [...forth.values()].reduce((total, { mix, rate: own }) => total + mix + own, 0)
      expect(sum).toBeCloseTo(rate(after) - rate(before), 10)
      for (const [id, { mix, rate: own }] of forth) {
        expect(back.get(id)?.mix).toBeCloseTo(-mix, 10)
        expect(back.get(id)?.rate).toBeCloseTo(-own, 10)
      }
    }),
  )
})

test('every rate rises while the whole falls: all of the fall is mix', () => {
  const before = new Map([
    ['good', { numerator: 80, denominator: 100 }],
    ['poor', { numerator: 10, denominator: 100 }],
  ])
  const after = new Map([
    ['good', { numerator: 90, denominator: 100 }],
    ['poor', { numerator: 120, denominator: 800 }],
  ])
  const split = mixAndRate(before, after)!
  expect(rate(after)).toBeLessThan(rate(before))
  expect(split.get('good')!.rate).toBeGreaterThan(0)
  expect(split.get('poor')!.rate).toBeGreaterThan(0)
  expect(split.get('poor')!.mix).toBeLessThan(0)
})

test('a whole of nobody has no rate to split', () => {
  expect(mixAndRate(new Map(), new Map([['a', { numerator: 1, denominator: 2 }]]))).toBeNull()
})
