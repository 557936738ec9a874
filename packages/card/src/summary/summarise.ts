import type { Report } from '@nsm/schema'
import { formatTime } from './date.js'
import { type Compare, deltaOfComplete, deltaToDate } from './delta.js'
import { goalRow } from './goal.js'
import { guardrailRows } from './guardrails.js'
import { inputRows } from './inputs.js'
import { language } from './intl.js'
import { capitalize, english, fill, type Messages } from './messages.js'
import { namer } from './naming.js'
import { notes } from './notes.js'
import { formatValue, noun } from './number.js'
import { series } from './series.js'
import type { Speaker } from './speaker.js'
import type { Summary } from './summary.js'
import { verdict } from './verdict.js'

export interface SummariseOptions {
  /** Replaces the metric's title. */
  label?: string | undefined
  /** The running period so far (default), or the last complete one. */
  headline?: 'to-date' | 'last-complete' | undefined
  compare?: Compare | undefined
  /** A BCP 47 language for numbers and dates; default `en`. */
  lang?: string | undefined
  /** Texts that replace the English ones. */
  messages?: Partial<Messages> | undefined
  /** The zone of clock times; default: the report's. */
  timeZone?: string | undefined
  /** UTC ms; default: the report's `asOf`. Decides which period is "this week". */
  now?: number | undefined
}

/** Why a report can't be summarized, with the message to show. */
export class SummaryError extends Error {
  override readonly name = 'SummaryError'
  constructor(
    readonly code: 'unknown_metric' | 'unknown_schema' | 'metric_unavailable',
    message: string,
  ) {
    super(message)
  }
}

/**
 * Formats one metric of a report for display (default: the first north star).
 * Throws a {@link SummaryError} if the report lacks the metric or could not compute it, or has an unknown schema version.
 */
export function summarise(report: Report, metricId?: string, options: SummariseOptions = {}): Summary {
  const words = options.messages ? { ...english, ...options.messages } : english
  const { compare = 'same-point' } = options
  const lang = language(options.lang)
  if (report?.schema !== 1) throw new SummaryError('unknown_schema', words.unknownSchema)
  const id = metricId || report.northStar[0] || ''
  const metric = report.metrics[id]
  if (!metric) throw new SummaryError('unknown_metric', fill(words.unknownMetric, { metric: id }))
  if (metric.error) throw new SummaryError('metric_unavailable', metric.error.message)

  const { grain, timezone } = report.calendar
  const asOf = Date.parse(report.asOf)
  const now = options.now ?? asOf
  const speaker: Speaker = { lang, words, timeZone: options.timeZone || timezone }
  const name = namer(metric, grain, now, speaker)
  const { headline, toDate, unit } = metric

  // A rate can be undefined at first. The last complete period then says more than a dash.
  const wanted = options.headline ?? (toDate?.value == null && headline?.value != null ? 'last-complete' : 'to-date')
  const partial = toDate !== null && (wanted === 'to-date' || headline === null)
  const shown = partial ? toDate : headline
  const raw = shown?.value ?? null
  const period = shown ? name(shown.period) : ''
  const delta = (partial ? deltaToDate : deltaOfComplete)(metric, compare, name, speaker)

  const guardrails = guardrailRows(report, name, speaker)
  const breached = Boolean(metric.limit?.breach) || guardrails.some((row) => row.state === 'breached')
  const say = (value: number) => formatValue(value, unit, speaker)
  const ahead = partial ? toDate.projection : null

  return {
    metric: id,
    title: options.label || metric.title,
    product: report.product,
    grain,
    lang,
    empty: metric.points.every((point) => point.value === null) && raw === null,
    value: { text: formatValue(raw, unit, speaker), noun: noun(unit, raw, speaker), raw },
    period: capitalize(partial ? fill(words.soFar, { period }) : period, lang),
    partial,
    delta,
    projection: ahead
      ? fill(words.pace, { value: say(ahead.value), lower: say(ahead.lower), upper: say(ahead.upper) })
      : '',
    verdict: verdict(
      report,
      metric,
      delta?.course,
      partial && headline ? name(headline.period) : '',
      guardrails,
      name,
      speaker,
    ),
    series: series(metric, grain, speaker),
    goal: goalRow(metric, grain, breached, speaker),
    inputs: inputRows(report, metric, partial, compare, name, grain, speaker),
    guardrails,
    breached,
    sentence: metric.sentence,
    owner: metric.owner ? fill(words.owner, { owner: metric.owner }) : '',
    asOf,
    asOfText: fill(words.asOf, { time: formatTime(asOf, now, speaker) }),
    notes: notes(report, speaker),
  }
}
