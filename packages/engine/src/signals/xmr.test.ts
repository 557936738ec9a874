import { expect, test } from 'vitest'
import { naturalLimits } from './xmr.js'

test('limits lie 2.66 mean moving ranges from the mean', () => {
  expect(naturalLimits([3, 4, 5])).toEqual({
    centre: 4,
    range: 1,
    lower: 4 - 2.66,
    upper: 4 + 2.66,
    rangeLimit: 3.268,
    ranges: [null, 1, 1],
  })
})

test('a missing value breaks the moving range', () => {
  const limits = naturalLimits([10, 12, null, 100, 103])
  expect(limits?.ranges).toEqual([null, 2, null, null, 3])
  expect(limits?.range).toBe(2.5)
  expect(limits?.centre).toBe(56.25)
})

test('without two neighbors nothing is known', () => {
  expect(naturalLimits([])).toBeNull()
  expect(naturalLimits([5])).toBeNull()
  expect(naturalLimits([5, null, 7])).toBeNull()
})
