import { expect, test } from 'vitest'
import { samePoint } from './same-point.js'

const at = (text: string) => Date.parse(text)
const iso = (ms: number) => new Date(ms).toISOString()
const span = (start: string, end: string) => ({ start: at(start), end: at(end) })

test('a local time that the clocks skipped is the first after it', () => {
  // 2026-03-08 02:00 to 03:00 does not exist in New York.
  const point = samePoint(
    at('2026-03-09T02:30-04:00'),
    'America/New_York',
    'day',
    span('2026-03-08T05:00Z', '2026-03-09T04:00Z'),
  )
  expect(iso(point.until)).toBe('2026-03-08T07:30:00.000Z')
})

test('a day that a zone skipped has no time of its own', () => {
  // Samoa went from Thursday 29 to Saturday 31 December 2011.
  const friday = at('2011-12-30T10:00Z')
  const point = samePoint(at('2011-12-31T12:00+14:00'), 'Pacific/Apia', 'day', { start: friday, end: friday })
  expect(point.until).toBe(friday)
})

test('a quarter is compared by month and day, clamped at the end of a shorter month', () => {
  const first = span('2026-01-01T00:00Z', '2026-04-01T00:00Z')
  expect(samePoint(at('2026-05-15T06:00Z'), 'UTC', 'quarter', first)).toEqual({
    until: at('2026-02-15T06:00Z'),
    clamped: false,
  })
  expect(samePoint(at('2026-05-31T06:00Z'), 'UTC', 'quarter', first)).toEqual({
    until: at('2026-03-01T00:00Z'),
    clamped: true,
  })
})

test('further back the day is that of now again, not that of a shorter month between', () => {
  const january = span('2026-01-01T00:00Z', '2026-02-01T00:00Z')
  expect(samePoint(at('2026-03-31T06:00Z'), 'UTC', 'month', january, 2)).toEqual({
    until: at('2026-01-31T06:00Z'),
    clamped: false,
  })
})
