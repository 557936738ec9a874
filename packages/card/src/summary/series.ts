import type { Grain, MetricReport } from '@nsm/schema'
import { periodName, tickName } from './date.js'
import { fill } from './messages.js'
import { formatValue, noun } from './number.js'
import type { Speaker } from './speaker.js'
import type { Series } from './summary.js'

/** A metric's periods for the chart and the table, with the running period last. */
export function series(metric: MetricReport, grain: Grain, speaker: Speaker): Series {
  const { unit, toDate, normal, goal } = metric
  const bands = new Map(normal?.points.map((point) => [point.period, point]))
  const path = new Map(goal?.points.map(({ period, expected }) => [period, expected]))
  // Start a new metric's line at its first value, not at the empty periods before it.
  const begin = metric.points.findIndex(({ value }) => value !== null)
  const values = metric.points
    .slice(Math.max(0, begin))
    .map(({ period, value, state }) => ({ period, value, partial: state === 'open' }))
  // A report can omit its open point; the to-date value is the same number.
  if (toDate && values.at(-1)?.period !== toDate.period) {
    values.push({ period: toDate.period, value: toDate.value, partial: true })
  }
  const say = (value: number) => formatValue(value, unit, speaker)
  return {
    // Format texts lazily; most periods are drawn but never named.
    points: values.map(({ period, value, partial }) => {
      const band = bands.get(period)
      return {
        period,
        get name() {
          const name = periodName(period, grain, speaker)
          return partial ? fill(speaker.words.soFar, { period: name }) : name
        },
        get tick() {
          return tickName(period, grain, speaker)
        },
        value,
        get text() {
          return `${formatValue(value, unit, speaker)} ${noun(unit, value, speaker)}`.trim()
        },
        partial,
        band: band
          ? {
              lower: band.lower,
              upper: band.upper,
              get text() {
                return `${say(band.lower)} – ${say(band.upper)}`
              },
            }
          : null,
        goal: path.get(period) ?? null,
      }
    }),
    projection: toDate?.projection ?? null,
  }
}
