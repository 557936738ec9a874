import { expect, test } from 'vitest'
import { dateAfter, localDate } from './date.js'
import { reviewOf } from './review.js'

test('the local date of an instant is that of the zone', () => {
  const instant = Date.UTC(2026, 2, 8, 7, 30)
  expect(localDate('America/Los_Angeles', instant).toString()).toBe('2026-03-07')
  expect(localDate('Asia/Tokyo', instant).toString()).toBe('2026-03-08')
})

test('a date moves by days, weeks and months, and a month too short for it ends it', () => {
  expect(dateAfter('2026-01-31', '90d')).toBe('2026-05-01')
  expect(dateAfter('2026-01-31', '2w')).toBe('2026-02-14')
  expect(dateAfter('2026-01-31', '1mo')).toBe('2026-02-28')
})

test('a review is due one interval after the tree was adopted, and overdue the day after', () => {
  const review = { adopted: '2025-08-31', every: '6mo' }
  expect(reviewOf({ review }, '2026-02-28')).toEqual({ due: '2026-02-28', overdue: false })
  expect(reviewOf({ review }, '2026-03-01')).toEqual({ due: '2026-02-28', overdue: true })
  expect(reviewOf({ review: { every: '6mo' } }, '2026-03-01')).toBeNull()
  expect(reviewOf({}, '2026-03-01')).toBeNull()
})
