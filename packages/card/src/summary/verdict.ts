import type { MetricReport, Report } from '@nsm/schema'
import { formatDate } from './date.js'
import { listFormat } from './intl.js'
import { capitalize, fill } from './messages.js'
import type { NamePeriod } from './naming.js'
import { formatValue } from './number.js'
import type { Speaker } from './speaker.js'
import type { Course, GuardrailRow, Summary, Tone } from './summary.js'

// A shift already names its date, and missing history has no period.
const NAMED = new Set(['within', 'above', 'below'])

/** Whether the metric left its range in the desired direction. */
function toneOf(course: Course, metric: MetricReport): Tone {
  if (course === 'level') return 'neutral'
  return course === metric.direction ? 'good' : 'bad'
}

/** Which way a metric with a signal went. A shift has no side, so compare the last value with the center line. */
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

/** How a metric breaches its own limit, in words; an empty string if it doesn't. */
function beyondLimit({ limit, unit }: MetricReport, name: NamePeriod, speaker: Speaker): string {
  if (!limit?.breach) return ''
  const { period, value, side } = limit.breach
  const say = (value: number | null) => formatValue(value, unit, speaker)
  const [words, passed] =
    side === 'above'
      ? ([speaker.words.overLimit, limit.max] as const)
      : ([speaker.words.underLimit, limit.min] as const)
  return fill(words, { value: say(value), period: name(period, true), limit: say(passed) })
}

/**
 * The verdict on the number, in words. Neutral unless there is a signal, and never good while a guardrail is breached:
 * the text then starts with the metric's change and ends with the guardrail.
 */
export function verdict(
  report: Report,
  metric: MetricReport,
  course: Course | undefined,
  period: string,
  guardrails: GuardrailRow[],
  name: NamePeriod,
  speaker: Speaker,
): Summary['verdict'] {
  const { words, lang } = speaker
  const { state, since, why = '' } = metric.verdict
  const says = fill(words[state], { date: since ? formatDate(since, speaker) : '' })
  const breached = guardrails.filter((row) => row.state === 'breached' && row.metric !== metric.id)
  const capital = (text: string) => capitalize(text, lang)
  const signalled = courseOf(metric)
  const tone = toneOf(signalled, metric)

  if (breached.length > 0) {
    const what = listFormat(lang).format(
      breached.map(({ title, value, period, limit }) =>
        fill(words.guardrailAt, { title, value: value.text, period, limit }),
      ),
    )
    const lead = capital(tone === 'bad' ? says : words[course ?? 'level'])
    const welcome = tone !== 'bad' && toneOf(course ?? 'level', metric) !== 'bad'
    return { text: fill(words[welcome ? 'but' : 'and'], { lead, what }), tone: 'bad', course: course ?? 'level', why }
  }
  const beyond = beyondLimit(metric, name, speaker)
  if (beyond) return { text: capital(beyond), tone: 'bad', course: 'level', why }
  if (state === 'not_applicable') return null
  // A bad signal on a guardrail is not a breach yet, but rules out good news.
  const worsening = report.signals.some((s) => s.direction === 'bad' && report.guardrails.includes(s.metric))
  return {
    text: capital(period && NAMED.has(state) ? fill(words.verdictFor, { period, verdict: says }) : says),
    tone: tone === 'good' && worsening ? 'neutral' : tone,
    course: signalled,
    why,
  }
}
