import type { Calendar, Grain, MetricReport } from '@nsm/schema'
import { periods, shiftPeriod } from '../calendar/periods.js'
import { yearBefore } from '../signals/year-before.js'
import { changeOf } from './change.js'
import { lastComplete, type Series, valueIn } from './series.js'

/** The last complete period against the one before it; null where no period is complete. */
export function headlineOf(series: Series, calendar: Calendar, grain: Grain): MetricReport['headline'] {
  const last = series.points[lastComplete(series)]
  if (!last) return null
  const previous = valueIn(series, periodBefore(calendar, grain, last.period)) ?? null
  const before = valueIn(series, yearBefore(last.period, grain))
  return {
    period: last.period,
    value: last.value,
    previous,
    change: changeOf(previous, last.value),
    ...(before === undefined ? {} : { yearBefore: before }),
  }
}

/** The id of the period directly before another one. */
export function periodBefore(calendar: Calendar, grain: Grain, period: string): string {
  const [own] = periods(calendar, grain, period, period)
  return own ? shiftPeriod(calendar, grain, own, -1).id : period
}
