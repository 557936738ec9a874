import type { Calendar, Goal, Point } from '@nsm/schema'
import { expect, test } from 'vitest'
import { periods } from '../calendar/periods.js'
import { baselinePeriod, currentGoal, goalOf } from './goal.js'

const calendar: Calendar = { timezone: 'America/New_York', weekStart: 'monday', grain: 'week', allowedLateness: '3d' }
const goal: Goal = { target: '+20%', from: '2026-01-05', by: '2027-01-03', path: 'linear' }

function points(from: string, to: string, value: (index: number) => number): Point[] {
  return periods(calendar, 'week', from, to).map(({ id, start, end }, i) => ({
    period: id,
    start: new Date(start).toISOString(),
    end: new Date(end).toISOString(),
    value: value(i),
    state: 'final',
  }))
}

test('progress, path and what is still needed after 12 of 52 weeks', () => {
  // 2026-03-29 is the last day of the twelfth week; clocks changed on 2026-03-08.
  const series = {
    points: points('2026-01-05', '2026-03-29', (i) => 1000 + 10 * i),
    others: new Map([['2025-12-29', 1000]]),
  }
  const standing = goalOf(calendar, 'week', goal, series, null)
  expect(standing).toMatchObject({ target: 1200, baseline: 1000, pace: 'ahead' })
  expect(standing?.expected).toBeCloseTo(1000 + (200 * 12) / 52, 9)
  expect(standing?.progress).toBeCloseTo(0.55, 9)
  expect(standing?.required).toBeCloseTo((1200 / 1110) ** (1 / 40) - 1, 12)
})

test('the path has a point for every period that the goal covers, and the last complete one’s is what is expected', () => {
  const goals = { ...goal, from: '2026-01-14', by: '2026-03-25', baseline: 1000 }
  for (const path of ['linear', 'compound'] as const) {
    const series = { points: points('2026-01-05', '2026-04-05', (i) => 1000 + 10 * i), others: new Map() }
    const running = { ...(series.points.at(-2) as Point), state: 'open' as const }
    series.points.splice(-2, 1, running)
    Object.assign(series.points.at(-1) as Point, { state: 'open' })
    const standing = goalOf(calendar, 'week', { ...goals, path }, series, null)
    expect(standing?.points.map(({ period }) => period)).toEqual([
      '2026-01-12',
      '2026-01-19',
      '2026-01-26',
      '2026-02-02',
      '2026-02-09',
      '2026-02-16',
      '2026-02-23',
      '2026-03-02',
      '2026-03-09',
      '2026-03-16',
      '2026-03-23',
    ])
    // 71 days from 14 January to 25 March. The first week ends after five of them.
    const at = (days: number) => (path === 'linear' ? 1000 + (200 * days) / 71 : 1000 * 1.2 ** (days / 71))
    expect(standing?.points[0]?.expected).toBeCloseTo(at(5), 9)
    expect(standing?.points[1]?.expected).toBeCloseTo(at(12), 9)
    expect(standing?.points.at(-1)?.expected).toBe(1200)
    expect(standing?.expected).toBe(standing?.points.find(({ period }) => period === '2026-03-16')?.expected)
  }
})

test('on pace while the path lies in the normal band', () => {
  const series = { points: points('2026-01-05', '2026-03-29', () => 1030), others: new Map([['2025-12-29', 1000]]) }
  const band = { period: '2026-03-23', lower: 990, centre: 1030, upper: 1070 }
  expect(goalOf(calendar, 'week', goal, series, { method: 'raw', points: [band] })?.pace).toBe('on_track')
  expect(goalOf(calendar, 'week', goal, series, null)?.pace).toBe('behind')
})

test('the baseline is the written one, or the period before the start; without it there is no goal', () => {
  expect(baselinePeriod(calendar, 'week', goal).id).toBe('2025-12-29')
  expect(baselinePeriod(calendar, 'week', { ...goal, from: '2026-01-07' }).id).toBe('2025-12-29')
  const series = { points: points('2026-01-05', '2026-01-11', () => 1000), others: new Map() }
  expect(goalOf(calendar, 'week', goal, series, null)).toBeNull()
  expect(goalOf(calendar, 'week', { ...goal, baseline: 500 }, series, null)?.target).toBe(600)
})

test('the goal that counts is the running one, else the next, else the last', () => {
  const first = { ...goal, from: '2025-01-01', by: '2025-06-30' }
  const second = { ...goal, from: '2026-01-01', by: '2026-06-30' }
  const goals = [second, first]
  expect(currentGoal(goals, '2025-03-01')).toBe(first)
  expect(currentGoal(goals, '2025-06-30')).toBe(first)
  expect(currentGoal(goals, '2025-08-01')).toBe(second)
  expect(currentGoal(goals, '2027-01-01')).toBe(second)
  expect(currentGoal([], '2027-01-01')).toBeNull()
})
