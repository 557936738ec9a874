import { periods } from '@nsm/engine'
import type { Calendar, Grain } from '@nsm/schema'
import { describe, expect, test } from 'vitest'
import { readVector } from './vectors.js'

interface BoundaryCase {
  timezone: string
  weekStart: Calendar['weekStart']
  grain: Grain
  from: string
  to: string
  periods: { id: string; start: string; end: string; hours: number }[]
}

describe('calendar-boundaries', () => {
  for (const { timezone, weekStart, grain, from, to, periods: table } of readVector<BoundaryCase>('calendar-boundaries')
    .cases) {
    test(`${timezone}, by ${grain}, ${from} to ${to}`, () => {
      const calendar: Calendar = { timezone, weekStart, grain, allowedLateness: '3d' }
      const found = periods(calendar, grain, from, to).map(({ id, start, end }) => ({
        id,
        start: new Date(start).toISOString().replace('.000Z', 'Z'),
        end: new Date(end).toISOString().replace('.000Z', 'Z'),
        hours: (end - start) / 3_600_000,
      }))
      expect(found).toEqual(table)
    })
  }
})
