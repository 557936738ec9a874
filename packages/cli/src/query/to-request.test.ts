import { parseTree, type Tree } from '@nsm/schema'
import { describe, expect, it } from 'vitest'
import { toRequest } from './to-request.js'

const parsed = parseTree({
  version: 1,
  product: 'Homes',
  calendar: { timezone: 'Asia/Tokyo', grain: 'month' },
  events: { booked: {} },
  segments: { region: { property: 'region' } },
  northStar: ['bookings'],
  metrics: {
    bookings: { title: 'Bookings', definition: { kind: 'count', event: 'booked' } },
    guests: { title: 'Guests', definition: { kind: 'unique', of: 'user', event: 'booked' } },
  },
})
const tree = (parsed.ok && parsed.value) as Tree
// Already March 3 in Tokyo.
const last = Date.parse('2026-03-02T16:00:00Z')

describe('a query', () => {
  it('without flags covers the last twelve periods of the north star', () => {
    expect(toRequest(tree, {}, last)).toEqual({
      metric: 'bookings',
      grain: 'month',
      from: '2025-04-03',
      to: '2026-03-03',
    })
  })

  it('uses the given flags', () => {
    const flags = { metric: 'guests', grain: 'day', from: '2026-01-01', to: '2026-01-31', segment: 'region' }
    expect(toRequest(tree, { ...flags, asOf: '2026-02-01T00:00:00+09:00' }, last)).toEqual({
      ...flags,
      asOf: '2026-01-31T15:00:00.000Z',
    })
  })

  it.each<[object, string]>([
    [{ metric: 'boking' }, 'no metric "boking". Did you mean "bookings"?'],
    [{ segment: 'plan' }, 'no segment "plan". Known: region.'],
    [{ grain: 'year' }, 'Unknown grain "year". Use day, week, month, quarter or range.'],
    [{ from: '2.3.2026' }, '--from 2.3.2026 is not a date. Use YYYY-MM-DD, for example 2026-03-02.'],
    [{ to: '2026-02-30' }, '--to 2026-02-30 is not a date'],
    [{ from: '2026-03-02', to: '2026-03-01' }, '--from 2026-03-02 is after --to 2026-03-01.'],
    [{ grain: 'range', to: '2026-03-01' }, 'A range needs a first day'],
    [{ asOf: '2026-03-02' }, '--as-of 2026-03-02 is not an instant. Add a time and a zone'],
    [{ asOf: '2026-03-02T09:00:00' }, 'is not an instant'],
    [{ asOf: '2026-13-02T09:00:00Z' }, 'is not an instant'],
  ])('with %j is answered with a sentence', (flags, sentence) => {
    expect(() => toRequest(tree, flags, last)).toThrow(sentence)
  })
})
