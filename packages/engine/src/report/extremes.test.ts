import { type Grain, type Point, parseTree, reportSchema, type Tree } from '@nsm/schema'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileTree } from '../metrics/compile-tree.js'
import { divergence } from '../signals/divergence.js'
import { type Evidence, type Frame, metricReport } from './metric-report.js'

const DAY = 86_400_000
const FIRST = Date.parse('2026-01-05T00:00:00Z')
const PERIODS = 26
const COUNT = { kind: 'count', event: 'sent' } as const
const GOAL = { from: '2026-01-10', by: '2026-12-31' }

const tree = treeOf({
  part: { goals: [{ ...GOAL, target: 1e308, path: 'compound' }], limit: { max: 1e308 } },
  other: { goals: [{ ...GOAL, target: '+50%' }] },
  small: { goals: [{ ...GOAL, target: 5e-324, baseline: 1e308, path: 'compound' }] },
  all: { formula: { sum: ['part', ['other', -2], 'made'] } },
  made: { formula: { product: ['part', 'small'] }, definition: { kind: 'derived' } },
  rate: {
    definition: { kind: 'ratio', numerator: 'part', denominator: 'other' },
    goals: [{ ...GOAL, target: -1, baseline: 5e-324 }],
  },
})

const extreme = fc.constantFrom(
  5e-324,
  -5e-324,
  Number.MAX_VALUE,
  -Number.MAX_VALUE,
  0,
  -0,
  2 ** 53 - 1,
  2 ** 53 + 1,
  -(2 ** 53) - 1,
)
const value = fc.oneof(
  { weight: 3, arbitrary: extreme },
  { weight: 3, arbitrary: fc.integer({ min: -1000, max: 1000 }) },
  { weight: 2, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
  { weight: 1, arbitrary: fc.constant(null) },
)
/** Series of all sorts, only positive ones, and ordinary ones: each takes another way through the signals. */
const values = fc.oneof(
  fc.array(value, { minLength: PERIODS, maxLength: PERIODS }),
  fc.array(
    fc.oneof(
      fc.constantFrom(5e-324, Number.MAX_VALUE, 2 ** 53 + 1),
      fc.double({ min: 5e-324, noNaN: true, noDefaultInfinity: true }),
    ),
    { minLength: PERIODS, maxLength: PERIODS },
  ),
  fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: PERIODS, maxLength: PERIODS }),
)
const evidence = fc
  .record({
    values,
    numerators: values,
    denominators: values,
    pieces: fc.array(values, { maxLength: 3 }),
    history: values,
  })
  .chain((drawn) => fc.tuple(fc.constant(drawn), value))
const grain = fc.constantFrom<Grain>('day', 'week')

test('no number in a report is infinite or undefined, however large, small or mixed the values are', () => {
  let bands = 0
  let explained = 0
  fc.assert(
    fc.property(
      grain,
      fc.record({ part: evidence, other: evidence, small: evidence, all: evidence, made: evidence, rate: evidence }),
      (grain, drawn) => {
        const frame: Frame = {
          calendar: tree.calendar,
          grain,
          asOf: instantOf(grain, PERIODS),
          today: dateOf(grain, PERIODS),
          evidence: new Map(Object.entries(drawn).map(([id, one]) => [id, evidenceOf(grain, ...one)])),
        }
        for (const id of Object.keys(drawn)) {
          const { report, signals } = metricReport(frame, compileTree(tree).metric(id))
          expect(notFinite({ report, signals }), id).toEqual([])
          expect(reportSchema.shape.metrics.valueType.safeParse(report).error?.issues ?? []).toEqual([])
          if (report.normal) bands++
          else if (report.verdict.state === 'not_enough_history') expect(report.verdict.why).toMatch(/^Only|neighbor/)
          if (report.contributions.length > 0) explained++
        }
        expect(divergence(drawn.part[0].values, drawn.other[0].values)).toBeTypeOf('string')
      },
    ),
    // Each case is six reports.
    { numRuns: Math.ceil((fc.readConfigureGlobal().numRuns ?? 100) / 6) },
  )
  // Not all of it is out of reach, or this would say nothing.
  expect(bands).toBeGreaterThan(20)
  expect(explained).toBeGreaterThan(20)
})

test('a metric that varies too much for a band says so', () => {
  const wild = Array.from({ length: PERIODS }, (_, i) => (i % 2 === 0 ? 5e-324 : Number.MAX_VALUE))
  const { report } = metricReport(frameOf({ part: wild }), compileTree(tree).metric('part'))
  expect(report.normal).toBeNull()
  expect(report.verdict).toEqual({
    state: 'not_applicable',
    why: 'The values are too large, or vary too much, for a normal band.',
  })
})

test('a change too large for a number has neither a size nor shares', () => {
  const up = (from: number, to: number) => Array.from({ length: PERIODS }, (_, i) => (i === PERIODS - 2 ? to : from))
  const { MAX_VALUE } = Number
  const frame = frameOf({
    all: up(-MAX_VALUE, MAX_VALUE),
    part: up(-MAX_VALUE, MAX_VALUE),
    other: up(1, 2),
    made: up(1, 2),
  })
  const { headline, contributions, residual } = metricReport(frame, compileTree(tree).metric('all')).report
  expect(headline?.change).toEqual({ from: -MAX_VALUE, to: MAX_VALUE, absolute: null, ratio: null })
  expect({ contributions, residual }).toEqual({ contributions: [], residual: null })
})

type Drawn = {
  values: (number | null)[]
  numerators: (number | null)[]
  denominators: (number | null)[]
  pieces: (number | null)[][]
  history: (number | null)[]
}

function frameOf(series: Record<string, number[]>): Frame {
  return {
    calendar: tree.calendar,
    grain: 'week',
    asOf: instantOf('week', PERIODS),
    today: dateOf('week', PERIODS),
    evidence: new Map(
      Object.entries(series).map(([id, values]) => [
        id,
        evidenceOf('week', { values, numerators: [], denominators: [], pieces: [], history: [] }, null),
      ]),
    ),
  }
}

function evidenceOf(
  grain: Grain,
  { values, numerators, denominators, pieces, history }: Drawn,
  earlier: number | null,
): Evidence {
  const points = (of: (number | null)[]): Point[] =>
    of.map((_, i) => {
      const [numerator, denominator] = [numerators[i] ?? null, denominators[i] ?? null]
      const rate = numerator !== null && denominator ? numerator / denominator : Number.NaN
      return {
        period: dateOf(grain, i),
        start: new Date(instantOf(grain, i)).toISOString(),
        end: new Date(instantOf(grain, i + 1)).toISOString(),
        // Half of the series are rates of their halves, as a store gives them: a value is never infinite.
        value: i % 2 === 0 && Number.isFinite(rate) ? rate : (of[i] ?? null),
        state: i === PERIODS - 1 ? 'open' : 'final',
        ...(numerator === null && denominator === null ? {} : { numerator, denominator }),
      }
    })
  const known = history.flatMap((value) => (value === null ? [] : [value]))
  return {
    series: { points: points(values), others: new Map() },
    earlier: {
      period: dateOf(grain, PERIODS - 2),
      value: earlier,
      until: instantOf(grain, PERIODS - 1),
      clamped: false,
    },
    completions: known.slice(1).map((total, i) => ({ atPoint: known[i] as number, total })),
    segments: Object.fromEntries(pieces.map((piece, i) => [`piece ${i}`, points(piece)])),
    restatements: [],
  }
}

function instantOf(grain: Grain, period: number): number {
  return FIRST + period * (grain === 'day' ? 1 : 7) * DAY
}

function dateOf(grain: Grain, period: number): string {
  return new Date(instantOf(grain, period)).toISOString().slice(0, 10)
}

/** The paths of all numbers that are not finite. */
function notFinite(found: unknown, path = ''): string[] {
  if (typeof found === 'number') return Number.isFinite(found) ? [] : [`${path} = ${found}`]
  if (typeof found !== 'object' || found === null) {
    return typeof found === 'string' && /NaN|Infinity/.test(found) ? [`${path} = ${found}`] : []
  }
  return Object.entries(found).flatMap(([key, inner]) => notFinite(inner, `${path}.${key}`))
}

function treeOf(metrics: Record<string, object>): Tree {
  const parsed = parseTree({
    version: 1,
    product: 'P',
    calendar: { timezone: 'UTC' },
    events: { sent: {} },
    northStar: ['all'],
    metrics: Object.fromEntries(
      Object.entries(metrics).map(([id, metric]) => [id, { title: id, definition: COUNT, ...metric }]),
    ),
  })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.value
}
