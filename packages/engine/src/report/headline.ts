import { type Calendar, changeOf, type Grain, type MetricReport, type Point } from '@nsm/schema'
import { periods, shiftPeriod } from '../calendar/periods.js'
import { yearBefore } from '../signals/year-before.js'
import { lastComplete, type Series, valueIn } from './series.js'

/** The last complete period against the one before it; null where no period is complete. */
export function headlineOf(series: Series, calendar: Calendar, grain: Grain): MetricReport['headline'] {
  const last = series.points[lastComplete(series)]
  if (!last) return null
  const previous = valueIn(series, previousPeriod(series, calendar, grain) as string) ?? null
  const before = valueIn(series, yearBefore(last.period, grain))
  return {
    period: last.period,
    value: last.value,
    previous,
    change: changeOf(previous, last.value),
    ...(before === undefined ? {} : { yearBefore: before, yearChange: changeOf(before, last.value) }),
  }
}

/** The id of the period directly before the last complete one; null where no period is complete. */
export function previousPeriod(series: Pick<Series, 'points'>, calendar: Calendar, grain: Grain): string | null {
  const last = lastComplete(series)
  if (last < 0) return null
  const before = series.points[last - 1]
  if (before) return before.period
  const { period } = series.points[last] as Point
  const [own] = periods(calendar, grain, period, period)
  return own ? shiftPeriod(calendar, grain, own, -1).id : null
}
