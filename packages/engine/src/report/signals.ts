import type { Metric, MetricReport, Signal } from '@nsm/schema'
import type { Normal } from '../signals/normal.js'
import type { Breach } from './limit.js'

/** What {@link signalsOf} looks at. */
export interface SignalInput {
  metric: Metric
  report: MetricReport
  normal: Normal | null
  breach: Breach | null
  /** What `equals` leaves over in the last complete period. */
  residual: number | null
}

/** Rounding of long sums; anything beyond is a difference between definitions. */
const RESIDUAL_TOLERANCE = 1e-6

/** What deserves attention in one metric now: in its last complete period, or in the running one for a limit. */
export function signalsOf({ metric, report, normal, breach, residual }: SignalInput): Signal[] {
  const { id, title, headline, verdict } = report
  const found: Signal[] = []
  if (breach) {
    const message = `${title} is ${breach.side} its limit in the period of ${breach.period}.`
    found.push({ metric: id, period: breach.period, kind: 'limit', direction: 'bad', message })
  }
  if (!headline) return found
  const { period } = headline
  if (verdict.state === 'above' || verdict.state === 'below') {
    const direction = goodOrBad(metric, verdict.state === 'above')
    const message = `${title} is unusually ${verdict.state === 'above' ? 'high' : 'low'} in the period of ${period}.`
    found.push({ metric: id, period, kind: 'outside', direction, message })
  }
  if (verdict.state === 'shifted' && normal) {
    const up = (normal.sides.at(-1) as number) > 0
    const kind = normal.runs.includes(normal.sides.length - 1) ? 'shift' : 'near_limit'
    const message = `${title} has shifted ${up ? 'up' : 'down'} since the period of ${verdict.since}.`
    found.push({ metric: id, period, kind, direction: goodOrBad(metric, up), message })
  }
  if (residual !== null && Math.abs(residual) > RESIDUAL_TOLERANCE * Math.max(1, Math.abs(headline.value ?? 0))) {
    const message = `${title} differs by ${Number(residual.toPrecision(6))} from what its inputs come to in the period of ${period}.`
    found.push({ metric: id, period, kind: 'residual', direction: 'neutral', message })
  }
  return found
}

function goodOrBad({ direction }: Metric, up: boolean): Signal['direction'] {
  return (direction === 'up') === up ? 'good' : 'bad'
}
