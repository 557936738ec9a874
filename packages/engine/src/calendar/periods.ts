import type { Calendar, QueryResult } from '@nsm/schema'
import { WEEKDAYS } from '@nsm/schema'
import { Temporal } from 'temporal-polyfill'
import { EngineError } from '../errors.js'
import { localDate } from './date.js'
import { dayStart } from './day.js'

/** How a span of local dates is cut; `range` does not cut it. */
export type PeriodGrain = QueryResult['grain']

/** A stretch of local calendar time: its id is the local date on which it starts, its instants are UTC, half open. */
export interface Period {
  id: string
  /** ms since the epoch. */
  start: number
  /** ms since the epoch; equals `start` for a local day that a zone skipped. */
  end: number
}

const DAY = { days: 1 }
/** More would be a mistake in a date rather than a question. */
const MOST_PERIODS = 20_000

/** The period of this grain in which a local date lies. */
function floorDate(calendar: Calendar, grain: PeriodGrain, date: Temporal.PlainDate): Temporal.PlainDate {
  switch (grain) {
    case 'week': {
      const first = WEEKDAYS.indexOf(calendar.weekStart) + 1
      return date.subtract({ days: (date.dayOfWeek - first + 7) % 7 })
    }
    case 'month':
      return date.with({ day: 1 })
    case 'quarter':
      return date.with({ day: 1, month: date.month - ((date.month - 1) % 3) })
    default:
      return date
  }
}

const STEP = { day: DAY, week: { days: 7 }, month: { months: 1 }, quarter: { months: 3 } } as const

/**
 * The periods that cover two local dates, both inclusive, in order. They snap outward, so that none is cut; with
 * `range` there is exactly one, from the first day to the last.
 *
 * @throws EngineError `invalid_range` when `to` is before `from`, a date does not exist, or there are more than 20,000.
 */
export function periods(calendar: Calendar, grain: PeriodGrain, from: string, to: string): Period[] {
  const first = parseDate(from)
  const last = parseDate(to)
  if (Temporal.PlainDate.compare(first, last) > 0) {
    throw new EngineError('invalid_range', `The range ends (${to}) before it starts (${from}).`, { path: 'to' })
  }
  if (grain === 'range') return [between(calendar, first, last.add(DAY))]
  const found: Period[] = []
  for (let start = floorDate(calendar, grain, first); Temporal.PlainDate.compare(start, last) <= 0; ) {
    if (found.length === MOST_PERIODS) {
      throw new EngineError(
        'invalid_range',
        `That is more than ${MOST_PERIODS} periods; ask for fewer or longer ones.`,
        {
          path: 'from',
        },
      )
    }
    const next = start.add(STEP[grain])
    found.push(between(calendar, start, next))
    start = next
  }
  return found
}

/**
 * The period `steps` after (or, negative, before) one of {@link periods}. A `range` is followed by as many days as it
 * has itself.
 */
export function shiftPeriod(calendar: Calendar, grain: PeriodGrain, period: Period, steps: number): Period {
  const start = parseDate(period.id)
  if (grain === 'range') {
    const days = start.until(localDate(calendar.timezone, period.end)).days
    return between(calendar, start.add({ days: days * steps }), start.add({ days: days * (steps + 1) }))
  }
  const { days = 0, months = 0 }: { days?: number; months?: number } = STEP[grain]
  const shifted = start.add({ days: days * steps, months: months * steps })
  return between(calendar, shifted, shifted.add(STEP[grain]))
}

/** The period of this grain that holds an instant (ms). */
export function periodAt(calendar: Calendar, grain: Exclude<PeriodGrain, 'range'>, instant: number): Period {
  const start = floorDate(calendar, grain, localDate(calendar.timezone, instant))
  const found = between(calendar, start, start.add(STEP[grain]))
  // In the hour that is repeated after a midnight overlap, the wall clock shows the day that is already over.
  return instant < found.end ? found : shiftPeriod(calendar, grain, found, 1)
}

/** The starts (ms) of all local days that touch `[start, end)`, in order, without days that a zone skipped. */
export function dayStarts(calendar: Calendar, start: number, end: number): number[] {
  const starts: number[] = []
  for (let date = localDate(calendar.timezone, start); ; date = date.add(DAY)) {
    const at = dayStart(calendar.timezone, date)
    if (at >= end) return starts
    if (starts.at(-1) === at) continue
    starts.push(at)
  }
}

/** The start (ms) of the local day that is `days` before the last local day of a period. */
export function daysBack(calendar: Calendar, period: Period, days: number): number {
  const last = period.end > period.start ? localDate(calendar.timezone, period.end - 1) : parseDate(period.id)
  return dayStart(calendar.timezone, last.subtract({ days }))
}

function between(calendar: Calendar, start: Temporal.PlainDate, end: Temporal.PlainDate): Period {
  return {
    id: start.toString(),
    start: dayStart(calendar.timezone, start),
    end: dayStart(calendar.timezone, end),
  }
}

function parseDate(text: string): Temporal.PlainDate {
  try {
    return Temporal.PlainDate.from(text)
  } catch (cause) {
    throw new EngineError('invalid_range', `Not a date: ${text}; write YYYY-MM-DD.`, { cause })
  }
}
