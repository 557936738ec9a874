import type { ReportOptions } from '@nsm/engine'
import type { Event, MetricReport, QueryRequest, QueryResult, Report, Tree } from '@nsm/schema'
import { milliseconds } from './calendar.js'
import { type Difference, differences } from './compare.js'
import { evaluate } from './evaluate.js'
import { rowsIn } from './rows.js'
import { worldAt } from './world.js'

/** Two values of a period further apart than this, relative to their size, are a restatement. */
const RESTATED = 1e-12

/** Every number of a report that is a metric's value, against the specification. */
export function reportDifferences(
  tree: Tree,
  events: readonly Event[],
  report: Report,
  options: ReportOptions,
): Difference[] {
  return Object.values(report.metrics).flatMap((metric) =>
    metricDifferences(tree, events, report, metric, options).map((difference) => ({
      ...difference,
      at: `metrics.${metric.id}.${difference.at}`,
    })),
  )
}

function metricDifferences(
  tree: Tree,
  events: readonly Event[],
  report: Report,
  metric: MetricReport,
  { now, asOf = now, segment }: ReportOptions,
): Difference[] {
  if (metric.error) return [{ at: 'error', expected: undefined, actual: metric.error.message }]
  const { points, toDate, headline } = metric
  const request = (from: string, to: string, at: number): QueryRequest => ({
    metric: metric.id,
    grain: report.calendar.grain,
    from,
    to,
    asOf: new Date(at).toISOString(),
  })
  const valueIn = (period: string, at: number, until?: number) =>
    evaluate(tree, events, request(period, period, at), now, until).points[0]?.value ?? null
  const found: Difference[] = []
  const same = (at: string, expected: unknown, actual: unknown) => found.push(...differ(at, expected, actual))

  const [first, last] = [points[0]?.period as string, points.at(-1)?.period as string]
  const whole = { ...request(first, last, asOf), ...(segment === undefined ? {} : { segment }) }
  const ignored = report.quality.ignored[metric.id]
  const answer: QueryResult = {
    metric: metric.id,
    kind: metric.kind,
    grain: report.calendar.grain,
    timeZone: report.calendar.timezone,
    asOf: report.asOf,
    points,
    ...(metric.segments ? { segments: metric.segments } : {}),
    ...(ignored ? { ignored } : {}),
  }
  found.push(...differences(evaluate(tree, events, whole, now), answer))

  const complete = points.findLast(({ state }) => state !== 'open')
  same('headline.period', complete?.period, headline?.period)
  same('headline.value', complete?.value, headline?.value)
  same('toDate.value', points.at(-1)?.value, toDate?.value)
  if (toDate?.samePoint) {
    const { period, value, until } = toDate.samePoint
    same('toDate.samePoint.value', valueIn(period, asOf, Date.parse(until)), value)
  }
  const { definition } = tree.metrics[metric.id] as Tree['metrics'][string]
  if (definition.kind === 'ratio' || definition.kind === 'derived') return found
  if (definition.kind === 'conversion' || definition.kind === 'retention') return found
  const ofHistory =
    definition.kind === 'stock' ||
    ('lifecycle' in definition && definition.lifecycle !== undefined) ||
    definition.window === 'all'
  const world = worldAt(tree, events, asOf)
  const begun = Math.min(...world.events.map(({ receivedAt }) => receivedAt))
  const finals = points.filter(({ state }) => state === 'final').slice(ofHistory ? -1 : -4)
  for (const { period, start, end, value } of finals) {
    const finalAt = Date.parse(end) + milliseconds(tree.calendar.allowedLateness)
    const late = rowsIn(world, definition, { start: Date.parse(start), end: Date.parse(end) }).filter(
      ({ receivedAt }) => receivedAt > finalAt,
    )
    const first = valueIn(period, finalAt)
    const restated = late.length > 0 && begun <= finalAt && differ('', first, value, RESTATED).length > 0
    found.push(
      ...differ(
        `restatements[${period}]`,
        restated ? { period, first, now: value, events: late.length } : undefined,
        metric.restatements.find((one) => one.period === period),
      ),
    )
  }
  same(
    'restatements.length',
    metric.restatements.filter(({ period }) => finals.some((one) => one.period === period)).length,
    metric.restatements.length,
  )
  return found
}

/** Everything in which two documents differ; numbers may differ by how they were added up, relative to their size. */
export function differ(at: string, expected: unknown, actual: unknown, tolerance = 1e-9): Difference[] {
  if (typeof expected === 'number' && typeof actual === 'number') {
    const close = Math.abs(expected - actual) <= tolerance * Math.max(Math.abs(expected), Math.abs(actual))
    return close ? [] : [{ at, expected, actual }]
  }
  if (!isObject(expected) || !isObject(actual)) return Object.is(expected, actual) ? [] : [{ at, expected, actual }]
  const keys = new Set([...Object.keys(expected), ...Object.keys(actual)])
  return [...keys].flatMap((key) => differ(at === '' ? key : `${at}.${key}`, expected[key], actual[key], tolerance))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
