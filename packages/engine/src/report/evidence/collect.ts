import type { Calendar, Grain } from '@nsm/schema'
import { type Period, periodAt, periods, shiftPeriod } from '../../calendar/periods.js'
import type { CompiledMetric, CompiledTree } from '../../metrics/compiled.js'
import { type Completion, MAXIMUM_PERIODS } from '../../signals/projection.js'
import { samePoint } from '../../signals/same-point.js'
import { yearBefore } from '../../signals/year-before.js'
import { baselinePeriod, currentGoal } from '../goal.js'
import { previousPeriod } from '../headline.js'
import type { Evidence } from '../metric-report.js'
import { lastComplete } from '../series.js'
import type { LateEvents } from './late-events.js'
import type { Answer, Read } from './read.js'
import { restatementsOf } from './restatements.js'

/** What a report is about. */
export interface Scope {
  tree: CompiledTree
  metrics: readonly CompiledMetric[]
  grain: Grain
  /** The complete periods in order, and the running one last. */
  span: readonly Period[]
  /** UTC instant, ms. */
  asOf: number
  /** The local date of `asOf`. */
  today: string
  segment: string | undefined
}

export interface Collected {
  evidence: Map<string, Evidence>
  /** By metric, what could not be computed. */
  errors: Map<string, Error>
  /** By metric, the values that numeric measures skipped. */
  ignored: Map<string, Record<string, number>>
}

/** The complete periods before `asOf`, as many as wanted, and the running one. */
export function spanOf(calendar: Calendar, grain: Grain, asOf: number, count: number): Period[] {
  const running = periodAt(calendar, grain, asOf)
  return count === 0
    ? [running]
    : periods(calendar, grain, shiftPeriod(calendar, grain, running, -count).id, running.id)
}

/** Reads everything that a report needs: the periods, those to compare with, and the same point of earlier ones. */
export async function collect(read: Read, findingLate: Promise<LateEvents[]>, scope: Scope): Promise<Collected> {
  const { metrics, span, asOf, segment } = scope
  const slices = span.map((period) => ({ period }))
  const [main, earlier, late] = await Promise.all([
    read({ metrics, slices, asOf, segment }),
    samePoints(read, scope),
    findingLate,
  ])
  const errors = new Map<string, Error>()
  const answers = new Map<string, Answer>()
  for (const [id, answer] of main) {
    if (answer instanceof Error) errors.set(id, answer)
    else answers.set(id, answer)
  }
  const [others, restatements] = await Promise.all([
    otherPeriods(read, scope, answers),
    restatementsOf(read, late, answers),
  ])
  const evidence = new Map<string, Evidence>()
  for (const [id, { points, segments }] of answers) {
    evidence.set(id, {
      series: { points, others: others.get(id) ?? new Map() },
      earlier: earlier.get(id)?.earlier ?? null,
      completions: completionsOf(points, earlier.get(id)?.atPoint),
      segments,
      restatements: restatements.get(id) ?? [],
    })
  }
  const ignored = new Map(
    [...answers]
      .map(([id, answer]) => [id, answer.ignored] as const)
      .filter(([, types]) => Object.keys(types).length > 0),
  )
  return { evidence, errors, ignored }
}

/** What a metric had at the same point of earlier periods. */
interface Earlier {
  earlier: Evidence['earlier']
  /** By period. */
  atPoint: ReadonlyMap<string, number | null>
}

const MINUTE = 60_000

/**
 * The last complete periods up to the point at which the running one is; only the last of them for what does not grow.
 * The point is the minute that has begun: what was counted up to it holds for a minute, not for a millisecond.
 */
async function samePoints(read: Read, { tree, metrics, grain, span, asOf }: Scope): Promise<Map<string, Earlier>> {
  const complete = span.slice(0, -1).reverse().slice(0, MAXIMUM_PERIODS)
  const points = complete.map((period, i) => ({
    period,
    ...samePoint(Math.floor(asOf / MINUTE) * MINUTE, tree.tree.calendar.timezone, grain, period, i + 1),
  }))
  const result = new Map<string, Earlier>()
  const ask = async (asked: readonly CompiledMetric[], wanted: typeof points) => {
    const [previous] = wanted
    if (asked.length === 0 || !previous) return
    const slices = wanted.map(({ period, until }) => ({ period, until }))
    for (const [id, answer] of await read({ metrics: asked, slices, asOf })) {
      if (answer instanceof Error) continue
      const atPoint = new Map(answer.points.map(({ period, value }) => [period, value]))
      const { until, clamped } = previous
      const period = previous.period.id
      result.set(id, { earlier: { period, value: atPoint.get(period) ?? null, until, clamped }, atPoint })
    }
  }
  await Promise.all([
    ask(
      metrics.filter(({ accumulates }) => accumulates),
      points,
    ),
    ask(
      metrics.filter(({ accumulates }) => !accumulates),
      points.slice(0, 1),
    ),
  ])
  return result
}

function completionsOf(points: Answer['points'], atPoint: Earlier['atPoint'] | undefined): Completion[] {
  return points.flatMap(({ period, value }) => {
    const before = atPoint?.get(period)
    return value === null || before == null ? [] : [{ atPoint: before, total: value }]
  })
}

/** Values outside the report's own periods: those the headline is compared with, and the baseline of a goal. */
async function otherPeriods(
  read: Read,
  { tree, grain, span, asOf, today }: Scope,
  answers: ReadonlyMap<string, Answer>,
): Promise<Map<string, Map<string, number | null>>> {
  const { calendar } = tree.tree
  const known = new Set(span.map(({ id }) => id))
  const wanted = new Map<string, Set<CompiledMetric>>()
  const want = (id: string, date: string | null) => {
    if (date === null || known.has(date)) return
    wanted.set(date, (wanted.get(date) ?? new Set()).add(tree.metric(id)))
  }
  for (const [id, { points }] of answers) {
    const headline = points[lastComplete({ points })]
    if (headline) {
      want(id, previousPeriod({ points }, calendar, grain))
      want(id, yearBefore(headline.period, grain))
    }
    const goal = currentGoal(tree.metric(id).metric.goals, today)
    if (goal && goal.baseline === undefined) want(id, baselinePeriod(calendar, grain, goal).id)
  }
  const values = new Map<string, Map<string, number | null>>()
  await Promise.all(
    [...wanted].map(async ([date, metrics]) => {
      const slices = periods(calendar, grain, date, date).map((period) => ({ period }))
      for (const [id, answer] of await read({ metrics: [...metrics], slices, asOf })) {
        const [point] = answer instanceof Error ? [] : answer.points
        if (!point) continue
        const own = values.get(id) ?? new Map<string, number | null>()
        values.set(id, own.set(point.period, point.value))
      }
    }),
  )
  return values
}
