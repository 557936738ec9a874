import type { Calendar, Goal, Grain, MetricReport } from '@nsm/schema'
import { Temporal } from 'temporal-polyfill'
import { localDate } from '../calendar/date.js'
import { type Period, periodAt, periods, shiftPeriod } from '../calendar/periods.js'
import { expectedAt, paceOf, progressTo, requiredGrowth, resolveTarget } from '../signals/goal.js'
import { lastComplete, type Series, valueIn } from './series.js'

/** The goal that a date falls under: the running one, else the next, else the last. */
export function currentGoal(goals: readonly Goal[], today: string): Goal | null {
  const byStart = [...goals].sort((a, b) => (a.from < b.from ? -1 : 1))
  return (
    byStart.find(({ from, by }) => from <= today && today <= by) ??
    byStart.find(({ from }) => from > today) ??
    byStart.at(-1) ??
    null
  )
}

/** The last complete period before a goal starts, whose value is the baseline where none is written. */
export function baselinePeriod(calendar: Calendar, grain: Grain, goal: Goal): Period {
  const start = Temporal.PlainDate.from(goal.from).toZonedDateTime(calendar.timezone).epochMilliseconds
  return shiftPeriod(calendar, grain, periodAt(calendar, grain, start), -1)
}

/** How a goal stands at the last complete period; null where that, the baseline or the target has no value. */
export function goalOf(
  calendar: Calendar,
  grain: Grain,
  goal: Goal,
  series: Series,
  normal: MetricReport['normal'],
): MetricReport['goal'] {
  const last = series.points[lastComplete(series)]
  const baseline = goal.baseline ?? valueIn(series, baselinePeriod(calendar, grain, goal).id) ?? null
  if (!last || last.value === null || baseline === null) return null
  const current = last.value
  const target = resolveTarget(goal.target, baseline)
  if (target === null) return null
  const elapsed = elapsedAt(calendar, goal)
  const pathAt = (end: string) => expectedAt(goal.path, baseline, target, Math.min(1, Math.max(0, elapsed(end))))
  const expected = pathAt(last.end)
  const covered = series.points.filter(({ period, end }) => elapsed(end) > 0 && period <= goal.by)
  const reached = localDate(calendar.timezone, Date.parse(last.end)).toString()
  const band = normal?.points.find(({ period }) => period === last.period) ?? null
  const left = reached > goal.by ? 0 : periods(calendar, grain, reached, goal.by).length
  return {
    target,
    baseline,
    from: goal.from,
    by: goal.by,
    path: goal.path,
    expected,
    points: covered.map(({ period, end }) => ({ period, expected: pathAt(end) })),
    progress: progressTo(current, baseline, target),
    pace: paceOf({ current, expected, baseline, target, band }),
    required: requiredGrowth(current, target, left),
  }
}

/** How much of a goal's time is over at the end of a period: 0 where it starts, 1 at the end of its last day. */
function elapsedAt({ timezone }: Calendar, { from, by }: Goal): (end: string) => number {
  const start = Temporal.PlainDate.from(from)
  const days = (until: Temporal.PlainDate) => start.until(until).days
  const all = days(Temporal.PlainDate.from(by).add({ days: 1 }))
  return (end) => days(localDate(timezone, Date.parse(end))) / all
}
