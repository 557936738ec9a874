import type { Change, MetricReport, Unit } from '@nsm/schema'
import { fill } from './messages.js'
import type { NamePeriod } from './naming.js'
import { formatChange, formatValue } from './number.js'
import type { Speaker } from './speaker.js'
import type { Course, Delta } from './summary.js'

/** What a value is compared with. */
export type Compare = 'same-point' | 'previous' | 'year' | 'none'

/** Which way a number went. */
function courseOf(change: number): Course {
  return change > 0 ? 'up' : change < 0 ? 'down' : 'level'
}

function delta(change: Change | null | undefined, unit: Unit | null, against: string, speaker: Speaker): Delta | null {
  if (!change || change.absolute === null) return null
  return { course: courseOf(change.absolute), text: formatChange(change, unit, speaker), against }
}

/** The change of a running period since the same point of the previous period; null if it can't be compared. */
export function deltaToDate(metric: MetricReport, compare: Compare, name: NamePeriod, speaker: Speaker): Delta | null {
  const { unit, headline, toDate } = metric
  const { words } = speaker
  if (compare === 'same-point') {
    if (!toDate?.samePoint) return null
    const period = name(toDate.samePoint.period, true)
    return delta(toDate.change, unit, fill(words.samePoint, { period }), speaker)
  }
  // Part of a period can't be compared with a complete one, so show that period's value without a percentage.
  const whole = compare === 'year' ? headline?.yearBefore : compare === 'previous' ? headline?.value : null
  if (!headline || whole == null) return null
  const period = compare === 'year' ? words.yearBefore : name(headline.period)
  const text = fill(words.whole, { period, value: formatValue(whole, unit, speaker) })
  return { course: 'level', text, against: '' }
}

/** The change of the last complete period. */
export function deltaOfComplete(
  metric: MetricReport,
  compare: Compare,
  name: NamePeriod,
  speaker: Speaker,
): Delta | null {
  const { unit, headline, points } = metric
  const { words } = speaker
  if (!headline || compare === 'none') return null
  const year = compare === 'year'
  const before = points[points.findIndex((point) => point.period === headline.period) - 1]
  const period = year ? words.yearBefore : before ? name(before.period) : ''
  const change = year ? headline.yearChange : headline.change
  return delta(change, unit, period && fill(words.versus, { period }), speaker)
}
