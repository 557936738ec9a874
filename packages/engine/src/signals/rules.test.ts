import { describe, expect, test } from 'vitest'
import { nearALimit, outsideLimits, runsOnOneSide } from './rules.js'

const lines = { lower: -4, centre: 0, upper: 4 }

describe('outside a limit', () => {
  test('is beyond it, not on it', () => {
    expect(outsideLimits([4, 4.1, -4, -4.1, null], lines)).toEqual([1, 3])
  })
})

describe('eight on one side', () => {
  test('marks the whole run, and not seven', () => {
    expect(runsOnOneSide([1, 1, 1, 1, 1, 1, 1, -1], lines)).toEqual([])
    expect(runsOnOneSide([-1, 1, 1, 1, 1, 1, 1, 1, 1, 1], lines)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
  })
  test('a value on the centre and a missing one end a run', () => {
    expect(runsOnOneSide([1, 1, 1, 1, 0, 1, 1, 1, 1], lines)).toEqual([])
    expect(runsOnOneSide([1, 1, 1, 1, null, 1, 1, 1, 1], lines)).toEqual([])
    expect(runsOnOneSide([0, 0, 1, 1, 1, 1, 1, 1, 1, 1], lines)).toEqual([2, 3, 4, 5, 6, 7, 8, 9])
  })
  test('two runs may touch', () => {
    const eight = Array(8).fill(1)
    expect(runsOnOneSide([...eight, ...eight.map((v) => -v)], lines)).toHaveLength(16)
  })
})

describe('three of four nearer a limit', () => {
  test('marks the three', () => {
    expect(nearALimit([0, 3, 3, 0, 3], lines)).toEqual([1, 2, 4])
    expect(nearALimit([-3, -3, -3], lines)).toEqual([])
    expect(nearALimit([0, -3, -3, -3], lines)).toEqual([1, 2, 3])
  })
  test('exactly half way is not nearer', () => {
    expect(nearALimit([2, 2, 2, 2], lines)).toEqual([])
  })
  test('both sides do not add up', () => {
    expect(nearALimit([3, -3, 3, -3], lines)).toEqual([])
  })
})
