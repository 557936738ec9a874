import { expect, test } from 'vitest'
import { breachOf } from './limit.js'

const headline = (value: number | null) => ({
  period: '2026-03-02',
  value,
  previous: null,
  change: { from: null, to: value, absolute: null, ratio: null },
})
const toDate = (value: number | null) => ({
  period: '2026-03-09',
  value,
  until: '2026-03-10T00:00:00.000Z',
  samePoint: null,
  change: null,
  projection: null,
})

test('a limit is breached beyond it, not on it', () => {
  expect(breachOf({ max: 5 }, headline(5), null, true)).toBeNull()
  expect(breachOf({ max: 5 }, headline(5.1), null, true)).toEqual({
    period: '2026-03-02',
    value: 5.1,
    side: 'above',
  })
  expect(breachOf({ min: 5 }, headline(4.9), null, true)).toEqual({ period: '2026-03-02', value: 4.9, side: 'below' })
  expect(breachOf({ min: 5 }, headline(null), null, true)).toBeNull()
})

test('a running period breaches only what it can no longer come back from', () => {
  expect(breachOf({ max: 5 }, headline(1), toDate(6), true)).toEqual({
    period: '2026-03-09',
    value: 6,
    side: 'above',
  })
  expect(breachOf({ max: 5 }, headline(1), toDate(6), false)).toBeNull()
  expect(breachOf({ min: 5 }, headline(6), toDate(0), true)).toBeNull()
})
