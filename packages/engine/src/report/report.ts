import { type Grain, MAX_REPORT_PERIODS, type MetricReport, type Report, type Signal, type Tree } from '@nsm/schema'
import { localDate, reviewOf } from '../calendar/index.js'
import { EngineError } from '../errors.js'
import { compileTree } from '../metrics/compile-tree.js'
import type { CompiledTree } from '../metrics/compiled.js'
import { type Divergence, divergence } from '../signals/divergence.js'
import type { Store } from '../store/index.js'
import { arrivalsOf } from './evidence/arrivals.js'
import { type Collected, collect, type Scope, spanOf } from './evidence/collect.js'
import { findLateEvents } from './evidence/late-events.js'
import { measureQuality } from './evidence/quality.js'
import { reader } from './evidence/read.js'
import { metricsOf } from './evidence/selection.js'
import { brokenMetric, type Frame, metricReport } from './metric-report.js'
import { lastComplete } from './series.js'

export interface ReportOptions {
  /** The clock; UTC instant, ms. */
  now: number
  /** See only what was received by this instant, and say what would have been said then; ms. Default: `now`. */
  asOf?: number
  /** Default: the calendar's. */
  grain?: Grain
  /** How many complete periods. Default: 56 days, 26 weeks, 18 months or 12 quarters. */
  periods?: number
  /** Only this metric with what its card needs. */
  metric?: string
  /** Values by this segment, too. */
  segment?: string
}

const PERIODS: Record<Grain, number> = { day: 56, week: 26, month: 18, quarter: 12 }

/**
 * Everything a card needs, in one document.
 *
 * A metric that cannot be computed says so in its own `error` and leaves the others alone.
 * @throws EngineError `unknown_metric`, `unknown_segment`, `invalid_range`, `store_unreachable`
 */
export async function report(store: Store, tree: Tree, options: ReportOptions): Promise<Report> {
  const compiled = compileTree(tree)
  const scope = scopeOf(compiled, options)
  const { calendar } = tree
  const { grain, asOf } = scope
  const arriving = arrivalsOf(store, scope.span, asOf)
  const [collected, counted] = await Promise.all([
    collect(
      reader(store, compiled, grain),
      arriving.then((arrivals) => findLateEvents(store, calendar, scope, arrivals)),
      scope,
    ),
    arriving.then((arrivals) => measureQuality(store, scope.span, arrivals, asOf)),
  ])
  const { metrics, signals } = describe(scope, collected)
  const revenue = revenueOf(tree, metrics, signals)
  return {
    schema: 1,
    asOf: new Date(asOf).toISOString(),
    product: tree.product,
    calendar: {
      timezone: calendar.timezone,
      weekStart: calendar.weekStart,
      grain,
      allowedLateness: calendar.allowedLateness,
    },
    northStar: tree.northStar.filter((id) => id in metrics),
    guardrails: tree.guardrails.filter((id) => id in metrics),
    revenue,
    review: reviewOf(tree, scope.today),
    metrics,
    signals,
    quality: { ...counted, rejected: null, ignored: Object.fromEntries(collected.ignored) },
  }
}

function scopeOf(compiled: CompiledTree, options: ReportOptions): Scope {
  const { calendar } = compiled.tree
  const { now, asOf = now, grain = calendar.grain, metric, segment } = options
  const metrics = metricsOf(compiled, metric)
  compiled.segment(segment)
  const count = options.periods ?? PERIODS[grain]
  if (!Number.isInteger(count) || count < 1 || count > MAX_REPORT_PERIODS) {
    const message = `A report has 1 to ${MAX_REPORT_PERIODS} complete periods; ask a query for more.`
    throw new EngineError('invalid_range', message, { path: 'periods' })
  }
  return {
    tree: compiled,
    metrics,
    grain,
    span: spanOf(calendar, grain, asOf, count),
    asOf,
    today: localDate(calendar.timezone, asOf).toString(),
    segment,
  }
}

function describe(scope: Scope, { evidence, errors }: Collected) {
  const { tree, grain, asOf, today } = scope
  const frame: Frame = { calendar: tree.tree.calendar, grain, asOf, today, evidence }
  // A metric may be called what every object has ("constructor").
  const metrics: Record<string, MetricReport> = Object.create(null)
  const signals: Signal[] = []
  for (const metric of scope.metrics) {
    const { id } = metric
    const error = errors.get(id)
    if (error) {
      metrics[id] = brokenMetric(frame, metric, error)
      continue
    }
    const described = metricReport(frame, metric)
    metrics[id] = described.report
    signals.push(...described.signals)
  }
  return { metrics, signals }
}

const DIVERGED: Partial<Record<Divergence, string>> = {
  diverging: 'no longer grows while revenue does not fall: it may have stopped leading revenue',
  declining: 'does not grow, and revenue falls',
}

/** The first north star against revenue, and a signal where they part. */
function revenueOf(tree: Tree, metrics: Record<string, MetricReport>, signals: Signal[]): Report['revenue'] {
  const id = tree.revenue?.metric
  const revenue = id === undefined ? undefined : metrics[id]
  if (id === undefined || !revenue) return null
  const star = metrics[tree.northStar[0] as string]
  const state = star ? divergence(completeValues(star), completeValues(revenue)) : 'insufficient_data'
  const what = DIVERGED[state]
  if (what && star?.headline) {
    const { id: metric, title, headline } = star
    const message = `Over the last twelve periods ${title} ${what}.`
    signals.push({ metric, period: headline.period, kind: 'revenue_divergence', direction: 'bad', message })
  }
  return { metric: id, divergence: state }
}

function completeValues({ points }: MetricReport): (number | null)[] {
  return points.slice(0, lastComplete({ points }) + 1).map(({ value }) => value)
}
