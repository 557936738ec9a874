import type { MetricReport, Report, Unit } from '@nsm/schema'
import { fill } from './messages.js'
import type { NamePeriod } from './naming.js'
import { formatValue, noun } from './number.js'
import type { Speaker } from './speaker.js'
import type { GuardrailRow } from './summary.js'

function limitText(limit: NonNullable<MetricReport['limit']>, unit: Unit | null, speaker: Speaker): string {
  const { words } = speaker
  const say = (value: number) => formatValue(value, unit, speaker)
  const { min, max } = limit
  if (min !== null && max !== null) return fill(words.between, { min: say(min), max: say(max) })
  if (max !== null) return fill(words.most, { limit: say(max) })
  return min === null ? words.noLimit : fill(words.least, { limit: say(min) })
}

/**
 * The guardrails with their limits and states. A breach shows its own value and period. Otherwise, the row shows the last
 * complete period, or the running one if that has no value.
 */
export function guardrailRows(report: Report, name: NamePeriod, speaker: Speaker): GuardrailRow[] {
  const { words } = speaker
  return report.guardrails.flatMap((id): GuardrailRow[] => {
    const metric = report.metrics[id]
    if (!metric) return []
    const { unit, limit, headline, toDate } = metric
    const breach = limit?.breach
    const whole = headline?.value ?? null
    const shown = breach ?? (whole === null ? toDate : headline)
    const raw = shown?.value ?? null
    const worsening = report.signals.some((signal) => signal.metric === id && signal.direction === 'bad')
    // Only a complete period can show that a guardrail is within its limit.
    const kept = limit ? 'in-range' : 'no-limit'
    const calm = (limit ? whole : raw) === null ? 'unjudged' : kept
    const state = breach ? 'breached' : worsening ? 'worsening' : calm
    return [
      {
        metric: id,
        title: metric.title,
        value: { text: formatValue(raw, unit, speaker, { compactFrom: 1e6 }), noun: noun(unit, raw, speaker), raw },
        period: shown && raw !== null ? name(shown.period, true) : '',
        limit: limit ? limitText(limit, unit, speaker) : words.noLimit,
        state,
        text: {
          breached: words.breached,
          worsening: words.worsening,
          unjudged: words.unjudged,
          'in-range': words.inRange,
          'no-limit': words.noLimit,
        }[state],
      },
    ]
  })
}
