import type { Grain, MetricReport, Report } from '@nsm/schema'
import { type Compare, deltaOfComplete, deltaToDate } from './delta.js'
import { fill } from './messages.js'
import type { NamePeriod } from './naming.js'
import { formatDifference, formatValue, noun } from './number.js'
import { series } from './series.js'
import type { Speaker } from './speaker.js'
import type { Summary } from './summary.js'

/**
 * The inputs as rows. If they have shares of the change, they show the last complete period, which the shares explain.
 * Otherwise, they show the headline's period.
 */
export function inputRows(
  report: Report,
  metric: MetricReport,
  running: boolean,
  compare: Compare,
  name: NamePeriod,
  grain: Grain,
  speaker: Speaker,
): Summary['inputs'] {
  const { words } = speaker
  const { contributions, inputs = [], drivers, residual, unit } = metric
  const shares = new Map(contributions.map((share) => [share.metric, share.contribution]))
  const largest = Math.max(...[...shares.values()].map(Math.abs))
  const total = metric.headline?.change.absolute
  const toDate = running && shares.size === 0
  const ids = [...new Set([...shares.keys(), ...inputs, ...drivers])]
  const rows = ids.flatMap((id): Summary['inputs']['rows'] => {
    const input = report.metrics[id]
    if (!input) return []
    const trend = series(input, grain, speaker)
    // End with the complete period; a running period without a projection would look like a drop.
    if (!toDate && !trend.projection) trend.points = trend.points.filter((point) => !point.partial)
    const raw = (toDate ? input.toDate : input.headline)?.value ?? null
    const share = shares.get(id)
    return [
      {
        metric: id,
        title: input.title,
        value: {
          text: formatValue(raw, input.unit, speaker, { compactFrom: 1e5 }),
          noun: noun(input.unit, raw, speaker),
          raw,
        },
        delta: (toDate ? deltaToDate : deltaOfComplete)(input, compare, name, speaker),
        series: trend,
        share:
          share === undefined
            ? null
            : { value: share, text: formatDifference(share, unit, speaker), part: largest > 0 ? share / largest : 0 },
      },
    ]
  })
  const period = toDate ? metric.toDate?.period : metric.headline?.period
  const named = period && (toDate ? fill(words.soFar, { period: name(period) }) : name(period))
  return {
    title: named ? fill(words.inputsOf, { period: named }) : words.inputs,
    rows,
    total:
      shares.size > 0 && total != null ? fill(words.shareOf, { change: formatDifference(total, unit, speaker) }) : '',
    // Ignore a residual that is only a rounding error.
    unexplained: residual && Math.abs(residual) > 1e-6 ? formatDifference(residual, unit, speaker) : '',
  }
}
