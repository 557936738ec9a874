import { expect, it } from 'vitest'
import { chart } from './chart.js'
import type { SeriesPoint } from './summary.js'

const point = (value: number | null, rest: Partial<SeriesPoint> = {}): SeriesPoint => ({
  period: '2026-01-05',
  name: '',
  tick: '',
  value,
  text: '',
  partial: false,
  band: null,
  goal: null,
  ...rest,
})

it('fills its box, with high values at the top', () => {
  const { line, dots } = chart({ points: [point(0), point(10), point(5)], projection: null })
  expect(line).toBe('M0 100h0L50 0L100 50')
  expect(dots).toEqual([
    { x: 0, y: 100 },
    { x: 50, y: 0 },
    { x: 100, y: 50 },
  ])
})

it('leaves a gap at an undefined value', () => {
  const { line } = chart({ points: [point(1), point(null), point(1), point(3)], projection: null })
  expect(line).toBe('M0 100h0M66.67 100h0L100 0')
})

it('dashes from the last complete period to the running one’s projection, and shows its range', () => {
  const { line, partial, range } = chart({
    points: [point(10), point(20), point(3, { partial: true })],
    projection: { value: 25, lower: 20, upper: 30 },
  })
  expect(line).toBe('M0 100h0L50 50')
  expect(partial).toBe('M50 50h0L100 25')
  expect(range).toEqual({ x: 100, top: 0, bottom: 50 })
})

it('keeps all running periods out of the solid line', () => {
  const { line, partial } = chart({
    points: [point(1), point(2), point(2, { partial: true }), point(1, { partial: true })],
    projection: null,
  })
  expect(line).toBe('M0 100h0L33.33 0')
  expect(partial).toBe('M33.33 0h0L66.67 0L100 100')
})

it('centers a flat series, and draws nothing for an empty one', () => {
  expect(chart({ points: [point(4), point(4)], projection: null }).line).toBe('M0 50h0L100 50')
  expect(chart({ points: [point(null), point(null)], projection: null }).line).toBe('')
})
