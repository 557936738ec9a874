import { expect, test } from 'vitest'
import { expectedAt, paceOf, progressTo, requiredGrowth, resolveTarget } from './goal.js'

test('a target is a value or a change of the baseline', () => {
  expect(resolveTarget(1200, 1000)).toBe(1200)
  expect(resolveTarget('+20%', 1000)).toBe(1200)
  expect(resolveTarget('-50%', 10)).toBe(5)
})

test('a compound path through zero is linear', () => {
  expect(expectedAt('compound', 0, 100, 0.5)).toBe(50)
  expect(expectedAt('compound', -10, 10, 0.25)).toBe(-5)
})

test('a compound path below zero shrinks by the same share in every step', () => {
  expect(expectedAt('compound', -100, -25, 0.5)).toBeCloseTo(-50, 12)
})

test('progress can pass 1 and fall below 0', () => {
  expect(progressTo(1300, 1000, 1200)).toBe(1.5)
  expect(progressTo(900, 1000, 1200)).toBe(-0.5)
  expect(progressTo(900, 1000, 1000)).toBeNull()
})

test('required growth ends with the last period', () => {
  expect(requiredGrowth(1000, 1210, 2)).toBeCloseTo(0.1, 12)
  expect(requiredGrowth(1000, 1210, 0)).toBeNull()
  expect(requiredGrowth(0, 1210, 3)).toBeNull()
})

test('required growth of a loss that has to shrink is upward', () => {
  expect(requiredGrowth(-1000, -810, 2)).toBeCloseTo(0.1, 12)
  expect(requiredGrowth(-1000, -1210, 2)).toBeCloseTo(-0.1, 12)
})

test('pace follows the way the goal points, and is on where the path is within the usual variation', () => {
  const up = { baseline: 1000, target: 1200, expected: 1100 }
  expect(paceOf({ ...up, current: 1150, band: null })).toBe('ahead')
  expect(paceOf({ ...up, current: 1050, band: null })).toBe('behind')
  expect(paceOf({ ...up, current: 1050, band: { lower: 1000, upper: 1110 } })).toBe('on_track')
  expect(paceOf({ ...up, current: 1050, band: { lower: 1000, upper: 1090 } })).toBe('behind')
  const down = { baseline: 15, target: 5, expected: 10 }
  expect(paceOf({ ...down, current: 9, band: null })).toBe('ahead')
  expect(paceOf({ ...down, current: 11, band: null })).toBe('behind')
})

test('a path between the largest and the smallest numbers has a place for every day', () => {
  expect(expectedAt('linear', -Number.MAX_VALUE, Number.MAX_VALUE, 0.5)).toBe(0)
  expect(expectedAt('compound', 5e-324, Number.MAX_VALUE, 0)).toBe(5e-324)
  expect(expectedAt('compound', 5e-324, Number.MAX_VALUE, 1)).toBeCloseTo(Number.MAX_VALUE, -300)
  expect(expectedAt('compound', 1e-300, 1e300, 0.5)).toBeCloseTo(1, 9)
  expect(progressTo(1, 0, 5e-324)).toBeNull()
  expect(requiredGrowth(5e-324, Number.MAX_VALUE, 1)).toBeNull()
})
