import type { MetricReport, Report } from '@nsm/schema'
import { formatDate } from './date.js'
import { listFormat } from './intl.js'
import { capitalise, fill } from './messages.js'
import { formatValue } from './number.js'
import type { Speaker } from './speaker.js'
import type { Course, GuardrailRow, Summary, Tone } from './summary.js'

// A shift says itself since when, and missing history is of no period.
const NAMED = new Set(['within', 'above', 'below'])

/** Whether the way a metric left its range is the way its owner wants. */
function toneOf(course: Course, metric: MetricReport): Tone {
  if (course === 'level') return 'neutral'
  return course === metric.direction ? 'good' : 'bad'
}

/** Which way a signalled metric went: a shift has no side of its own, so its last value against the centre tells. */
function courseOf(metric: MetricReport): Course {
  const { state } = metric.verdict
  if (state === 'above') return 'up'
  if (state === 'below') return 'down'
  if (state !== 'shifted') return 'level'
  const centre = metric.normal?.points.at(-1)?.centre
  const value = metric.headline?.value
  if (centre !== undefined && value != null && value !== centre) return value > centre ? 'up' : 'down'
  return 'level'
}

/** The limit a metric is over or under, in words; an empty string while it keeps it. */
function overLimit(metric: MetricReport, value: number | null, speaker: Speaker): string {
  const { limit } = metric
  if (!limit?.breached) return ''
  const under = limit.min !== null && (limit.max === null || (value !== null && value < limit.min))
  const text = formatValue(under ? limit.min : limit.max, metric.unit, speaker)
  return fill(speaker.words[under ? 'underLimit' : 'overLimit'], { limit: text })
}

/**
 * What to think of the number, in words. Grey unless it is a signal,
 * and never good news while a guardrail stands breached: then the lead is what moved, and the guardrail has the last word.
 */
export function verdict(
  report: Report,
  metric: MetricReport,
  course: Course | undefined,
  period: string,
  guardrails: GuardrailRow[],
  speaker: Speaker,
): Summary['verdict'] {
  const { words, lang } = speaker
  const { state, since, why = '' } = metric.verdict
  const says = fill(words[state], { date: since ? formatDate(since, speaker) : '' })
  const breached = guardrails.filter((row) => row.state === 'breached' && row.metric !== metric.id)
  const capital = (text: string) => capitalise(text, lang)
  const signalled = courseOf(metric)
  const tone = toneOf(signalled, metric)

  if (breached.length > 0) {
    const names = listFormat(lang).format(breached.map((row) => row.title))
    const lead = capital(tone === 'bad' ? says : words[course ?? 'level'])
    const what = fill(words[breached.length > 1 ? 'allOutOfRange' : 'outOfRange'], { names })
    const welcome = tone !== 'bad' && toneOf(course ?? 'level', metric) !== 'bad'
    return { text: fill(words[welcome ? 'but' : 'and'], { lead, what }), tone: 'bad', course: course ?? 'level', why }
  }
  if (metric.limit?.breached) {
    const value = metric.headline?.value ?? metric.toDate?.value ?? null
    return { text: capital(overLimit(metric, value, speaker)), tone: 'bad', course: 'level', why }
  }
  if (state === 'not_applicable') return null
  // A bad signal on a guardrail is not yet a breach, but no time to celebrate either.
  const worsening = report.signals.some((s) => s.direction === 'bad' && report.guardrails.includes(s.metric))
  return {
    text: capital(period && NAMED.has(state) ? fill(words.verdictFor, { period, verdict: says }) : says),
    tone: tone === 'good' && worsening ? 'neutral' : tone,
    course: signalled,
    why,
  }
}
