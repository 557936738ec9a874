import type { Calendar, Goal, Point } from '@nsm/schema'
import { expect, test } from 'vitest'
import { periods } from '../calendar/periods.js'
import { baselinePeriod, currentGoal, goalOf } from './goal.js'

const calendar: Calendar = { timezone: 'America/New_York', weekStart: 'monday', grain: 'week', late: '3d' }
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

test('on pace while the path lies in the normal band', () => {
  const series = { points: points('2026-01-05', '2026-03-29', () => 1030), others: new Map([['2025-12-29', 1000]]) }
  const band = { period: '2026-03-23', lower: 990, centre: 1030, upper: 1070 }
  expect(goalOf(calendar, 'week', goal, series, { method: 'raw', points: [band] })?.pace).toBe('on')
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
