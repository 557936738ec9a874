import {
  decompose,
  type Expression,
  evaluate,
  expectedAt,
  naturalLimits,
  outsideLimits,
  project,
  requiredGrowth,
  resolveTarget,
  runsOnOneSide,
  SCALING,
  samePoint,
  yearBefore,
} from '@nsm/engine'
import type { Grain } from '@nsm/schema'
import { describe, expect, test } from 'vitest'
import { readVector } from './vectors.js'

function near(actual: number | null | undefined, expected: number, tolerance: number): void {
  expect(actual).toBeTypeOf('number')
  expect(Math.abs((actual as number) - expected)).toBeLessThanOrEqual(tolerance)
}

interface LimitCase {
  name: string
  values: number[]
  options: { centre: 'mean' | 'median'; range: 'mean' | 'median'; npl: number; url: number }
  expect: { centre: number; lnpl: number; unpl: number; mrbar?: number; url?: number; mr?: (number | null)[] }
  tolerance: number
}

describe('xmr-limits', () => {
  for (const { name, values, options, expect: table, tolerance } of readVector<LimitCase>('xmr-limits').cases) {
    test(name, () => {
      expect(SCALING[options.range]).toEqual({ npl: options.npl, url: options.url })
      const limits = naturalLimits(values, options)
      near(limits?.centre, table.centre, tolerance)
      near(limits?.lower, table.lnpl, tolerance)
      near(limits?.upper, table.unpl, tolerance)
      if (table.mrbar !== undefined) near(limits?.range, table.mrbar, tolerance)
      if (table.url !== undefined) near(limits?.rangeLimit, table.url, tolerance)
      if (table.mr) expect(limits?.ranges).toEqual(table.mr)
    })
  }
})

interface SignalCase {
  name: string
  values: number[]
  limits?: { unpl: number; lnpl?: number }
  rule: string
  expect_indices: number[]
  moving_range_signal_indices?: number[]
}

describe('xmr-signals', () => {
  for (const entry of readVector<SignalCase>('xmr-signals').cases) {
    test(entry.name, () => {
      const limits = naturalLimits(entry.values)
      if (!limits) throw new Error('The table has values.')
      if (entry.rule === '8 consecutive on one side') {
        expect(runsOnOneSide(entry.values, limits)).toEqual(entry.expect_indices)
        return
      }
      const lines = { lower: limits.lower, upper: limits.upper }
      if (entry.limits) {
        lines.upper = entry.limits.unpl
        if (entry.limits.lnpl !== undefined) lines.lower = entry.limits.lnpl
      }
      expect(outsideLimits(entry.values, lines)).toEqual(entry.expect_indices)
      if (entry.moving_range_signal_indices) {
        expect(outsideLimits(limits.ranges, { lower: 0, upper: limits.rangeLimit })).toEqual(
          entry.moving_range_signal_indices,
        )
      }
    })
  }
})

interface DecomposeCase {
  name: string
  relation: string
  before: Record<string, number>
  after: Record<string, number>
  expect: Record<string, number>
  total: number
  tolerance: number
}

describe('decompose-product-dasgupta', () => {
  for (const entry of readVector<DecomposeCase>('decompose-product-dasgupta').cases) {
    test(entry.name, () => {
      const ids = Object.keys(entry.before)
      const [before, after] = [new Map(Object.entries(entry.before)), new Map(Object.entries(entry.after))]
      const expression = expressionOf(entry.relation, ids)
      const shares = decompose(expression, before, after)
      for (const id of ids) near(shares?.get(id), entry.expect[id] as number, entry.tolerance)
      const sum = [...(shares?.values() ?? [])].reduce((total, share) => total + share, 0)
      near(sum, entry.total, 1e-9 * Math.abs(entry.total))
      near(evaluate(expression, after) - evaluate(expression, before), entry.total, 1e-9 * Math.abs(entry.total))
    })
  }
})

function expressionOf(relation: string, ids: string[]): Expression {
  if (relation === 'product') return { product: ids }
  if (relation === 'ratio') return { numerator: 'numerator', denominator: 'denominator' }
  return { sum: ids.map((id, i) => [id, i === 0 ? 1 : -1] as const) }
}

interface GoalCase {
  name: string
  baseline?: number
  target: number | string
  elapsed_fraction?: number
  linear_expected?: number
  compound_expected?: number
  resolved_target?: number
  required_weekly_growth?: number
  current?: number
  periods_left?: number
  required_growth_per_period?: number
}

describe('goal-pace', () => {
  const { cases, tolerance } = readVector<GoalCase, { tolerance: number }>('goal-pace')
  for (const entry of cases) {
    test(entry.name, () => {
      const baseline = entry.baseline ?? 0
      const target = resolveTarget(entry.target, baseline) as number
      const fraction = entry.elapsed_fraction ?? 0
      if (entry.linear_expected !== undefined) {
        near(expectedAt('linear', baseline, target, fraction), entry.linear_expected, tolerance)
      }
      if (entry.compound_expected !== undefined) {
        near(expectedAt('compound', baseline, target, fraction), entry.compound_expected, tolerance)
      }
      if (entry.resolved_target !== undefined) near(target, entry.resolved_target, tolerance)
      if (entry.required_weekly_growth !== undefined) {
        near(requiredGrowth(baseline, target, 52), entry.required_weekly_growth, tolerance)
      }
      if (entry.required_growth_per_period !== undefined) {
        const required = requiredGrowth(entry.current as number, target, entry.periods_left as number)
        near(required, entry.required_growth_per_period, tolerance)
      }
    })
  }
})

interface PartialPeriod {
  year_over_year_weeks: { week: string; compare_with: string }[]
  projection: {
    history_share_complete_by_end_of_day_3: number[]
    history_totals: number[]
    to_date: number
    projection: number
    range: [number, number]
  }
}

describe('partial-period', () => {
  const table = readVector<never, PartialPeriod>('partial-period')

  test.each([
    // The table's dates as instants: a day it names is meant whole.
    ['2025-04-05T23:59:59Z', 'UTC', 'month', ['2025-03-01', '2025-04-01'], '2025-03-05T23:59:59Z', false],
    ['2025-03-31T12:00:00Z', 'UTC', 'month', ['2025-02-01', '2025-03-01'], '2025-03-01T00:00:00Z', true],
    [
      '2026-11-18T15:00:00-05:00',
      'America/New_York',
      'week',
      ['2026-11-09T05:00Z', '2026-11-16T05:00Z'],
      '2026-11-11T20:00:00Z',
      false,
    ],
    [
      '2026-11-04T15:00:00-05:00',
      'America/New_York',
      'week',
      ['2026-10-26T04:00Z', '2026-11-02T05:00Z'],
      '2026-10-28T19:00:00Z',
      false,
    ],
  ] as const)(
    'at %s in %s, a %s is compared up to the same local point',
    (now, zone, grain, [start, end], until, clamped) => {
      const previous = { start: Date.parse(start), end: Date.parse(end) }
      expect(samePoint(Date.parse(now), zone, grain as Grain, previous)).toEqual({ until: Date.parse(until), clamped })
    },
  )

  test('a week is compared with the one 52 weeks before', () => {
    for (const { week, compare_with } of table.year_over_year_weeks) expect(yearBefore(week, 'week')).toBe(compare_with)
  })

  test('the projection rests on the last eight shares', () => {
    const { history_share_complete_by_end_of_day_3: shares, history_totals: totals, ...given } = table.projection
    const history = totals.map((total, i) => ({ total, atPoint: (shares[i] as number) * total }))
    const projection = project(given.to_date, history)
    near(projection?.value, given.projection, 1e-9)
    near(projection?.lower, given.range[0], 1e-9)
    near(projection?.upper, given.range[1], 1e-9)
  })
})
