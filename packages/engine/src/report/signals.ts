import type { Metric, MetricReport, Signal } from '@nsm/schema'
import type { Normal } from '../signals/normal.js'
import type { Breach } from './limit.js'

/** What {@link signalsOf} looks at. */
export interface SignalInput {
  metric: Metric
  report: MetricReport
  normal: Normal | null
  breach: Breach | null
  /** What `formula` leaves over of the value of each complete period, oldest first; null where it cannot be said. */
  residuals: readonly { period: string; value: number | null; residual: number | null }[]
}

/** Rounding of long sums; anything beyond is a difference between definitions. */
const RESIDUAL_TOLERANCE = 1e-6

/** What deserves attention in one metric now: in its last complete period, or in the running one for a limit. */
export function signalsOf({ metric, report, normal, breach, residuals }: SignalInput): Signal[] {
  const { id, title, headline, verdict } = report
  const found: Signal[] = []
  if (breach) {
    const message = `${title} is ${breach.side} its limit in the period of ${breach.period}.`
    found.push({ metric: id, period: breach.period, kind: 'limit_breach', direction: 'bad', message })
  }
  if (!headline) return found
  const { period } = headline
  if (verdict.state === 'above' || verdict.state === 'below') {
    const direction = goodOrBad(metric, verdict.state === 'above')
    const message = `${title} is unusually ${verdict.state === 'above' ? 'high' : 'low'} in the period of ${period}.`
    found.push({ metric: id, period, kind: 'outside_control_limits', direction, message })
  }
  if (verdict.state === 'shifted' && normal) {
    const up = (normal.sides.at(-1) as number) > 0
    const kind = normal.runs.includes(normal.sides.length - 1) ? 'shift' : 'near_control_limits'
    const message = `${title} has shifted ${up ? 'up' : 'down'} since the period of ${verdict.since}.`
    found.push({ metric: id, period, kind, direction: goodOrBad(metric, up), message })
  }
  const off = residuals.filter(({ value, residual }) => isOff(value, residual))
  const latest = off.at(-1)
  if (latest) {
    const by = Number((latest.residual as number).toPrecision(6))
    const message = `${title} differs from what its inputs come to in ${off.length} of ${residuals.length} periods, by ${by} in that of ${latest.period}.`
    found.push({ metric: id, period: latest.period, kind: 'formula_mismatch', direction: 'neutral', message })
  }
  return found
}

function isOff(value: number | null, residual: number | null): boolean {
  return residual !== null && Math.abs(residual) > RESIDUAL_TOLERANCE * Math.max(1, Math.abs(value ?? 0))
}

function goodOrBad({ direction }: Metric, up: boolean): Signal['direction'] {
  return (direction === 'up') === up ? 'good' : 'bad'
}
