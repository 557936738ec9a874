import type { Point, QueryResult } from '@nsm/schema'
import { createColors } from 'picocolors'
import { expect, it } from 'vitest'
import { formatResult } from './format.js'

const point = (value: number | null, more: Partial<Point> = {}): Point => ({
  period: '2026-03-02',
  start: '2026-03-02T00:00:00.000Z',
  end: '2026-03-09T00:00:00.000Z',
  value,
  state: 'final',
  ...more,
})
const result = (points: Point[], more: Partial<QueryResult> = {}): QueryResult => ({
  metric: 'm',
  kind: 'count',
  grain: 'week',
  timeZone: 'UTC',
  asOf: '2026-03-10T00:00:00.000Z',
  points,
  ...more,
})
const print = (answer: QueryResult, unit: string | null, width?: number) =>
  formatResult(answer, { title: 'M', unit, sentence: null }, { colors: createColors(false), width }).split('\n')

it.each<[number | null, string | null, string]>([
  [1604, 'teams', '1,604'],
  [0.3125, 'percent', '31.3%'],
  [1200, 'currency:USD', '$1,200'],
  [1234.5, 'currency:EUR', '€1,235'],
  [12.25, 'duration:s', '12.3 sec'],
  [90, 'duration:s', '1.5 min'],
  [2.5, 'duration:h', '2.5 hr'],
  [null, 'teams', '–'],
])('writes %s of %s as the card does: %s', (value, unit, text) => {
  expect(print(result([point(value)]), unit)[3]?.split(/ {2,}/)).toEqual(['2026-03-02', text])
})

it('formats numerators, denominators and segments in the same way', () => {
  const rate = result([point(0.3125, { numerator: 1250, denominator: 4000 })], { kind: 'ratio' })
  expect(print(rate, 'percent')[3]).toBe('2026-03-02  31.3%      1,250        4,000')
  const segments = { free: [point(90)], pro: [point(30)] }
  expect(print({ ...result([point(120)]), segments }, 'duration:s')[3]).toBe('2026-03-02  2 min  1.5 min  30 sec')
})

it('gives each segment its own table when wide names do not fit side by side', () => {
  const segments = { 東京都: [point(1)], 大阪府: [point(2)] }
  // 10 for the period, 3 for the total, 6 for each name and 2 for each gap: 31 columns.
  const answer = { ...result([point(3)]), segments }
  expect(print(answer, null, 31)[2]).toBe('period      all  大阪府  東京都')
  expect(print(answer, null, 30)[2]).toBe('大阪府')
})
