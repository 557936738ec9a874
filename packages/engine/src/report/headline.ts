import type { Grain, MetricReport } from '@nsm/schema'
import { yearBefore } from '../signals/year-before.js'
import { changeOf } from './change.js'
import { lastComplete, type Series, valueIn } from './series.js'

/** The last complete period against the one before it; null where no period is complete. */
export function headlineOf(series: Series, grain: Grain): MetricReport['headline'] {
  const last = series.points[lastComplete(series)]
  if (!last) return null
  const previous = series.points[lastComplete(series) - 1]?.value ?? null
  const before = valueIn(series, yearBefore(last.period, grain))
  return {
    period: last.period,
    value: last.value,
    previous,
    change: changeOf(previous, last.value),
    ...(before === undefined ? {} : { yearBefore: before }),
  }
}
