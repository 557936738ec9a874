import { expect, test } from 'vitest'
import { project } from './projection.js'

const half = { atPoint: 50, total: 100 }

test('four complete periods are needed, and eight are used', () => {
  expect(project(40, [half, half, half])).toBeNull()
  expect(project(40, [half, half, half, half])).toEqual({ value: 80, lower: 80, upper: 80, periods: 4 })
  expect(project(40, [{ atPoint: 1, total: 100 }, ...Array(8).fill(half)])?.upper).toBe(80)
})

test('empty periods tell nothing, and a period that had nothing yet leaves the end open', () => {
  expect(project(40, [{ atPoint: 0, total: 0 }, half, half, half])).toBeNull()
  expect(project(40, [{ atPoint: 0, total: 10 }, half, half, half, half])).toBeNull()
})
