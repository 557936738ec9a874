import type { Point } from '@nsm/schema'
import { expect, test } from 'vitest'
import { segmentShares } from './segment-shares.js'

function point(period: string, value: number | null, halves: { numerator?: number; denominator?: number } = {}): Point {
  const at = `${period}T00:00:00.000Z`
  return { period, start: at, end: at, value, state: 'final', ...halves }
}
const [first, second] = ['2026-03-02', '2026-03-09']
const pair = (a: number, b: number): [Point, Point] => [point(first, a), point(second, b)]

test('segments of a count share its change whole', () => {
  const result = segmentShares('count', pair(30, 45), { free: pair(10, 5), pro: pair(20, 40) })
  expect(result?.shares.map(({ segment, contribution }) => [segment, contribution])).toEqual([
    ['free', -5],
    ['pro', 20],
  ])
  expect(result?.overlap).toBe(0)
})

test('users in two segments are an overlap of their own', () => {
  // Before, three users: one only on the phone, one only on the desk, one on both. After, all three on both.
  expect(segmentShares('unique', pair(3, 3), { phone: pair(2, 3), desk: pair(2, 3) })).toMatchObject({ overlap: -2 })
})

test('a segment that was not there yet counts from nothing', () => {
  const late: Point[] = [point(second, 7)]
  expect(segmentShares('count', pair(10, 17), { old: pair(10, 10), new: late })?.shares[1]?.contribution).toBe(7)
})

test('a rate splits into mix and rate', () => {
  const rate = (numerator: number, denominator: number, period: string) =>
    point(period, numerator / denominator, { numerator, denominator })
  const result = segmentShares('ratio', [rate(90, 200, first), rate(210, 900, second)], {
    good: [rate(80, 100, first), rate(90, 100, second)],
    poor: [rate(10, 100, first), rate(120, 800, second)],
  })
  const [good, poor] = result!.shares
  expect(good!.mix! + good!.rate! + poor!.mix! + poor!.rate!).toBeCloseTo(210 / 900 - 90 / 200, 12)
  expect(result!.overlap).toBeCloseTo(0, 12)
  expect(good!.contribution).toBe(good!.mix! + good!.rate!)
})

test('a median is shared by nobody', () => {
  expect(segmentShares('average', pair(3, 4), { a: pair(3, 4) })).toBeNull()
})
