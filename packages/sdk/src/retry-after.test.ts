import { expect, it } from 'vitest'
import { retryAfter } from './retry-after.js'

const now = Date.parse('2026-03-02T09:00:00Z')
const WEEK = 7 * 24 * 3_600_000

it.each([
  ['120', 120_000],
  ['Mon, 02 Mar 2026 09:00:30 GMT', 30_000],
  ['0', 0],
  ['soon', 0],
  [null, 0],
  [undefined, 0],
  // A timer of more than 24 days fires at once.
  ['99999999', WEEK],
])('reads %s as %d ms', (header, ms) => {
  expect(Math.max(0, retryAfter(header, now))).toBe(ms)
})
