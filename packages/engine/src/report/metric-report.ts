import { type Calendar, formatPath, type Grain, type Metric, type MetricReport, type Signal } from '@nsm/schema'
import { EngineError } from '../errors.js'
import { boundsOf } from '../metrics/behavior.js'
import type { CompiledMetric } from '../metrics/compiled.js'
import { type Normal, normalBand } from '../signals/normal.js'
import type { Completion } from '../signals/projection.js'
import { verdictOf } from '../signals/verdict.js'
import { explain, residualOf } from './contributions.js'
import { currentGoal, goalOf } from './goal.js'
import { headlineOf, previousPeriod } from './headline.js'
import { breachOf } from './limit.js'
import { segmentShares } from './segment-shares.js'
import { lastComplete, type Series, valueIn } from './series.js'
import { signalsOf } from './signals.js'
import { type Earlier, toDateOf } from './to-date.js'

/** Everything that was read from the store for one metric. */
export interface Evidence {
  series: Series
  /** The previous period up to the same point; null where there is nothing alike. */
  earlier: Earlier | null
  /** How complete the last periods were at this point, oldest first. */
  completions: readonly Completion[]
  segments?: MetricReport['segments'] | undefined
  restatements: MetricReport['restatements']
}

/** What all metrics of a report share. */
export interface Frame {
  calendar: Calendar
  grain: Grain
  /** UTC instant, ms. */
  asOf: number
  /** The local date of `asOf`. */
  today: string
  evidence: ReadonlyMap<string, Evidence>
}

/** Puts one metric's report together, and what in it deserves attention. Pure: all numbers come in. */
export function metricReport(frame: Frame, compiled: CompiledMetric): { report: MetricReport; signals: Signal[] } {
  const { calendar, grain, asOf, today } = frame
  const { id, metric } = compiled
  const { series, earlier, completions, segments, restatements } = frame.evidence.get(id) as Evidence
  const headline = headlineOf(series, calendar, grain)
  const running = series.points.at(-1)
  const toDate = running ? toDateOf(running, asOf, earlier, compiled.accumulates ? completions : null) : null
  const { normal, verdict } = judge(frame, compiled, series)
  const goal = currentGoal(metric.goals, today)
  const band = normal && { method: normal.method, points: normal.points }
  const breach = metric.limit ? breachOf(metric.limit, headline, toDate, compiled.onlyGrows) : null
  const at = (period: string | null) => (input: string) => {
    const other = frame.evidence.get(input)
    return period === null || !other ? null : (valueIn(other.series, period) ?? null)
  }
  const last = lastComplete(series)
  const before = previousPeriod(series, calendar, grain)
  const explained = explain(compiled, at(before), at(headline?.period ?? null))
  const report: MetricReport = {
    ...identityOf(compiled, grain),
    points: series.points,
    headline,
    toDate,
    normal: band,
    verdict,
    goal: goal && goalOf(calendar, grain, goal, series, band),
    limit: metric.limit ? { min: metric.limit.min ?? null, max: metric.limit.max ?? null, breach } : null,
    ...explained,
    ...segmented(metric, series, segments),
    restatements,
  }
  const residuals = series.points.slice(0, last + 1).map(({ period, value }) => ({
    period,
    value,
    residual: residualOf(compiled, at(period)),
  }))
  return { report, signals: signalsOf({ metric, report, normal, breach, residuals }) }
}

/** A metric that could not be computed: what it is, and why there is no number. */
export function brokenMetric({ grain }: Frame, compiled: CompiledMetric, error: Error): MetricReport {
  const code = error instanceof EngineError ? error.code : 'failed'
  const message = error.message
  return {
    ...identityOf(compiled, grain),
    error: { code, path: formatPath(['metrics', compiled.id]), message },
    points: [],
    headline: null,
    toDate: null,
    normal: null,
    verdict: { state: 'not_applicable', why: message },
    goal: null,
    limit: null,
    contributions: [],
    residual: null,
    restatements: [],
  }
}

function identityOf({ id, metric, inputs, hash, sentence }: CompiledMetric, grain: Grain) {
  const { title, unit = null, direction, definition, owner = null, team = null, drivers } = metric
  return {
    id,
    title,
    sentence: sentence(grain),
    definitionHash: hash,
    unit,
    direction,
    kind: definition.kind,
    owner,
    team,
    drivers,
    inputs: inputs.map((input) => input.id),
  }
}

function segmented({ definition }: Metric, series: Series, segments: MetricReport['segments']) {
  if (!segments) return {}
  const last = lastComplete(series)
  const [before, after] = [series.points[last - 1], series.points[last]]
  const shares = before && after ? segmentShares(definition.kind, [before, after], segments) : null
  return shares ? { segments, segmentShares: shares } : { segments }
}

/** The normal band of the complete periods, and the verdict on the last of them. */
function judge({ grain }: Frame, compiled: CompiledMetric, series: Series) {
  const complete = series.points.slice(0, lastComplete(series) + 1)
  // Before the first event of its kind a metric has no value; that is no history.
  const first = complete.findIndex(({ value }) => value !== null)
  const known = first < 0 ? [] : complete.slice(first)
  const rolling = compiled.isRolling(grain)
  const bounds = boundsOf(
    compiled,
    known.map(({ value }) => value),
  )
  const normal: Normal | null = rolling ? null : normalBand(known, { grain, bounds })
  const denominator = complete.at(-1)?.denominator
  return { normal, verdict: verdictOf({ grain, series: known, normal, rolling, denominator }) }
}
