import { describe, expect, test } from 'vitest'
import { normalBand, type Observation } from './normal.js'
import { verdictOf } from './verdict.js'

/** A repeatable number between -1 and 1, unrelated to its neighbors'. */
function wobble(i: number): number {
  let bits = Math.imul(i + 1, 0x9e3779b1)
  bits = Math.imul(bits ^ (bits >>> 15), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return ((bits ^ (bits >>> 16)) >>> 0) / 2 ** 31 - 1
}

function series(count: number, value: (i: number) => number | null, stepDays = 7): Observation[] {
  const first = Date.UTC(2026, 0, 5)
  return Array.from({ length: count }, (_, i) => ({
    period: new Date(first + i * stepDays * 86_400_000).toISOString().slice(0, 10),
    value: value(i),
  }))
}

const weekly = { grain: 'week', bounds: { min: 0 } } as const

describe('the band', () => {
  test('follows growth of a positive series', () => {
    const grown = series(26, (i) => 1000 * 1.03 ** i * (1 + 0.02 * wobble(i)))
    const normal = normalBand(grown, weekly)
    expect(normal?.method).toBe('log_trend')
    expect(normal?.outside).toEqual([])
    const [first, last] = [normal?.points[0], normal?.points.at(-1)]
    expect(last!.centre / first!.centre).toBeCloseTo(1.03 ** 25, 0)
    for (const [i, point] of normal!.points.entries()) {
      expect(point.lower).toBeLessThan(grown[i]!.value!)
      expect(point.upper).toBeGreaterThan(grown[i]!.value!)
    }
  })

  test('of exactly regular growth calls nothing a signal', () => {
    const normal = normalBand(
      series(30, (i) => 1000 * 1.03 ** i),
      weekly,
    )
    expect([normal?.outside, normal?.runs, normal?.near]).toEqual([[], [], []])
  })

  test('is level where zeros occur, and never below what the metric can be', () => {
    const normal = normalBand(
      series(20, (i) => (i % 5 === 0 ? 0 : 10)),
      weekly,
    )
    expect(normal?.method).toBe('raw')
    expect(new Set(normal?.points.map(({ lower }) => lower))).toEqual(new Set([0]))
    expect(new Set(normal?.points.map(({ centre }) => centre))).toEqual(new Set([8]))
  })

  test('of a rate stays under one', () => {
    const normal = normalBand(
      series(20, (i) => 0.9 + 0.09 * wobble(i)),
      { grain: 'week', bounds: { min: 0, max: 1 } },
    )
    expect(Math.max(...normal!.points.map(({ upper }) => upper))).toBe(1)
  })

  test('knows weekdays at day grain', () => {
    const days = series(42, (i) => (i % 7 >= 5 ? 200 : 1000) * (1 + 0.03 * wobble(i)), 1)
    const normal = normalBand(days, { grain: 'day', bounds: { min: 0 } })
    expect(normal?.outside).toEqual([])
    expect(normal?.points[5]?.upper).toBeLessThan(300)
    expect(normal?.points[7]?.lower).toBeGreaterThan(700)
    const dip = days.map((day, i) => (i === 37 ? { ...day, value: 350 } : day))
    expect(normalBand(dip, { grain: 'day', bounds: { min: 0 } })?.outside).toContain(37)
  })

  test('is not drawn under twelve periods, or three weeks of days', () => {
    expect(
      normalBand(
        series(11, (i) => 10 + i),
        weekly,
      ),
    ).toBeNull()
    expect(
      normalBand(
        series(20, (i) => 10 + i, 1),
        { grain: 'day', bounds: {} },
      ),
    ).toBeNull()
    expect(
      normalBand(
        series(16, (i) => (i < 5 ? null : 10 + i)),
        weekly,
      ),
    ).toBeNull()
  })
})

describe('the verdict', () => {
  const verdict = (observations: Observation[], more: object = {}) =>
    verdictOf({
      grain: 'week',
      series: observations,
      normal: normalBand(observations, weekly),
      rolling: false,
      ...more,
    })
  const steady = (i: number) => 1000 * (1 + 0.02 * wobble(i))

  test('is within when nothing is unusual', () => {
    expect(verdict(series(26, steady))).toEqual({ state: 'within' })
  })
  test('sees a last period out of the band', () => {
    expect(verdict(series(26, (i) => (i === 25 ? 1500 : steady(i))))).toEqual({ state: 'above' })
    expect(verdict(series(26, (i) => (i === 25 ? 600 : steady(i))))).toEqual({ state: 'below' })
  })
  test('an earlier exception is no verdict on the last', () => {
    expect(verdict(series(26, (i) => (i === 12 ? 1500 : steady(i)))).state).toBe('within')
  })
  test('dates a shift at the first of its run', () => {
    const level = (i: number) => (i % 4 === 0 ? 0 : 100 + 30 * wobble(i))
    const shifted = series(40, (i) => (i >= 31 ? 130 + (i % 2) : level(i)))
    const verdictNow = verdict(shifted)
    expect(verdictNow.state).toBe('shifted')
    expect(verdictNow.since! <= shifted[31]!.period && verdictNow.since! >= shifted[29]!.period).toBe(true)
  })
  test('says why there is none', () => {
    expect(verdict(series(11, steady))).toEqual({
      state: 'not_enough_history',
      why: 'Only 11 of the 12 complete weeks with a value that a verdict needs.',
    })
    expect(verdict(series(26, steady), { rolling: true }).state).toBe('not_applicable')
    expect(verdict(series(26, steady), { denominator: 29 }).why).toBe(
      'The last complete period is a ratio over 29; a verdict needs at least 30.',
    )
    expect(verdict(series(26, steady), { denominator: 30 }).state).toBe('within')
    expect(verdict(series(26, (i) => (i === 25 ? null : steady(i)))).state).toBe('not_applicable')
  })
})
