import { localDate } from '@nsm/engine/calendar'
import { GRAINS, localDateSchema, QUERY_GRAINS, type QueryRequest, type Tree } from '@nsm/schema'
import { Temporal } from 'temporal-polyfill'
import { usageError } from '../failure.js'
import { suggest } from '../terminal/nearest.js'

/** The flags as typed. All are optional. */
export interface QueryFlags {
  metric?: string | undefined
  grain?: string | undefined
  from?: string | undefined
  to?: string | undefined
  asOf?: string | undefined
  segment?: string | undefined
}

/** The names that a request can use, from a tree or a report on it. */
export interface Known {
  northStar: readonly string[]
  calendar: Pick<Tree['calendar'], 'grain' | 'timezone'>
  metrics: object
  /** Unknown when only the service has the tree; the service then checks the name. */
  segments?: object
}

/** Number of periods shown without `--from`. */
const PERIODS = 12

/**
 * Turns flags into a request. Defaults to the first north star, the tree's grain and the last twelve periods.
 * @param last the latest time to report on; ms since the epoch
 * @throws Failure for an unknown name, with a suggestion, and for invalid dates
 */
export function toRequest(tree: Known, flags: QueryFlags, last: number): QueryRequest {
  const metric = flags.metric ?? (tree.northStar[0] as string)
  const grain = (flags.grain ?? tree.calendar.grain) as QueryRequest['grain']
  checkMetric(tree, metric)
  if (!(QUERY_GRAINS as readonly string[]).includes(grain)) {
    throw usageError(`Unknown grain "${grain}". Use ${QUERY_GRAINS.slice(0, -1).join(', ')} or ${QUERY_GRAINS.at(-1)}.`)
  }
  if (flags.segment !== undefined && tree.segments && !Object.hasOwn(tree.segments, flags.segment)) {
    throw usageError(
      `The tree has no segment "${flags.segment}". ${suggest(flags.segment, Object.keys(tree.segments))}`,
    )
  }
  const to = flags.to ?? localDate(tree.calendar.timezone, last).toString()
  checkDate('--to', to)
  if (grain === 'range' && flags.from === undefined)
    throw usageError('A range needs a first day. Add --from, for example --from 2026-03-02.')
  const from = flags.from ?? periodsBefore(to, grain)
  checkDate('--from', from)
  if (from > to)
    throw usageError(`--from ${from} is after ${flags.to === undefined ? `the last day, ${to}` : `--to ${to}`}.`)
  return {
    metric,
    grain,
    from,
    to,
    ...(flags.asOf === undefined ? {} : { asOf: toAsOf(flags.asOf) }),
    ...(flags.segment === undefined ? {} : { segment: flags.segment }),
  }
}

/** @throws Failure with a suggestion when the tree has no such metric */
export function checkMetric(tree: Pick<Known, 'metrics'>, id: string): void {
  if (Object.hasOwn(tree.metrics, id)) return
  throw usageError(`The tree has no metric "${id}". ${suggest(id, Object.keys(tree.metrics))}`)
}

/** An `--as-of` as a UTC instant. @throws Failure for anything but an instant with a zone: a bare date could mean its start or its end */
export function toAsOf(text: string): string {
  const time = /[T ]\d{2}:\d{2}.*(Z|[+-]\d{2}:?\d{2})$/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(time)) {
    throw usageError(`--as-of ${text} is not an instant. Add a time and a zone, for example 2026-03-02T09:00:00Z.`)
  }
  return new Date(time).toISOString()
}

function checkDate(flag: string, text: string): void {
  if (localDateSchema.safeParse(text).success) return
  throw usageError(`${flag} ${text} is not a date. Use YYYY-MM-DD, for example 2026-03-02.`)
}

function periodsBefore(to: string, grain: QueryRequest['grain']): string {
  const unit = GRAINS.find((name) => name === grain) ?? 'day'
  const back = PERIODS - 1
  const duration = {
    day: { days: back },
    week: { weeks: back },
    month: { months: back },
    quarter: { months: back * 3 },
  }[unit]
  return Temporal.PlainDate.from(to).subtract(duration).toString()
}
