import { expect, test } from 'vitest'
import { changeOf } from './change.js'

test('a change has a ratio only where one can be said', () => {
  expect(changeOf(10, 12)).toEqual({ from: 10, to: 12, absolute: 2, ratio: 0.2 })
  expect(changeOf(-10, -20)).toEqual({ from: -10, to: -20, absolute: -10, ratio: -1 })
  expect(changeOf(0, 5).ratio).toBeNull()
  expect(changeOf(0, 0).ratio).toBeNull()
  expect(changeOf(-5, 5).ratio).toBeNull()
  expect(changeOf(-1e-200, 1e-200).ratio).toBeNull()
  expect(changeOf(null, 5)).toEqual({ from: null, to: 5, absolute: null, ratio: null })
})

test('to zero is all of it, from either side', () => {
  expect(changeOf(5, 0).ratio).toBe(-1)
  expect(changeOf(-5, 0).ratio).toBe(1)
})

test('a change too large for a number is unknown', () => {
  expect(changeOf(-Number.MAX_VALUE, Number.MAX_VALUE)).toMatchObject({ absolute: null, ratio: null })
  expect(changeOf(5e-324, 1)).toMatchObject({ absolute: 1, ratio: null })
  expect(changeOf(-1e-200, 1e-200).ratio).toBeNull()
})
