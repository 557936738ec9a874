import { type Calendar, type DurationUnit, parseDuration, WEEKDAYS } from '@nsm/schema'

/** A period by its local days, both inclusive, and as a half-open interval of UTC instants (ms). */
export interface Period {
  firstDay: string
  lastDay: string
  start: number
  end: number
  /** When the period is over, where only a part of it is looked at. */
  over?: number
}

export type PeriodGrain = 'day' | 'week' | 'month' | 'quarter' | 'range'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const UTC_OFFSET_MAX = 15 * HOUR

const formats = new Map<string, Intl.DateTimeFormat>()
function localDate(timeZone: string, time: number): string {
  let format = formats.get(timeZone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
    formats.set(timeZone, format)
  }
  return format.format(time)
}

/** Date arithmetic that knows no zone. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(date) + days * DAY).toISOString().slice(0, 10)
}

function daysBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / DAY
}

function addMonths(date: string, months: number): string {
  const [year, month] = date.split('-').map(Number) as [number, number]
  return new Date(Date.UTC(year, month - 1 + months, 1)).toISOString().slice(0, 10)
}

const starts = new Map<string, number>()
/**
 * The first instant whose local date is this one or a later one, found by looking at every quarter of an hour: no offset
 * since 1972 is finer. A midnight in a gap, one that comes twice and a skipped day need no rule of their own.
 */
export function startOfDay(timeZone: string, date: string): number {
  const key = `${timeZone} ${date}`
  let time = starts.get(key)
  if (time === undefined) {
    time = Date.parse(date) - UTC_OFFSET_MAX
    while (localDate(timeZone, time) < date) time += 15 * MINUTE
    starts.set(key, time)
  }
  return time
}

/** The local day whose interval holds the instant. */
export function dayOf(timeZone: string, time: number): string {
  let day = localDate(timeZone, time)
  while (startOfDay(timeZone, addDays(day, 1)) <= time) day = addDays(day, 1)
  return day
}

function period(timeZone: string, firstDay: string, lastDay: string): Period {
  return {
    firstDay,
    lastDay,
    start: startOfDay(timeZone, firstDay),
    end: startOfDay(timeZone, addDays(lastDay, 1)),
  }
}

function periodOfDay(calendar: Calendar, grain: Exclude<PeriodGrain, 'range'>, day: string): Period {
  const zone = calendar.timezone
  if (grain === 'day') return period(zone, day, day)
  if (grain === 'week') {
    // 1970-01-05 was a Monday.
    const first = WEEKDAYS.indexOf(calendar.weekStart)
    let start = day
    while (((daysBetween('1970-01-05', start) % 7) + 7) % 7 !== first) start = addDays(start, -1)
    return period(zone, start, addDays(start, 6))
  }
  const months = grain === 'month' ? 1 : 3
  let start = `${day.slice(0, 7)}-01`
  while ((Number(start.slice(5, 7)) - 1) % months !== 0) start = addMonths(start, -1)
  return period(zone, start, addDays(addMonths(start, months), -1))
}

/** The periods that touch the local dates `from` to `to`; the range itself for grain `range`. */
export function periodsOf(calendar: Calendar, grain: PeriodGrain, from: string, to: string): Period[] {
  if (grain === 'range') return [period(calendar.timezone, from, to)]
  const all: Period[] = []
  for (let day = from; day <= to; ) {
    const next = periodOfDay(calendar, grain, day)
    all.push(next)
    day = addDays(next.lastDay, 1)
  }
  return all
}

/** The period directly after (or before) another; for a range, one of as many local days. */
export function neighbor(calendar: Calendar, grain: PeriodGrain, of: Period, direction: 1 | -1): Period {
  const day = direction === 1 ? addDays(of.lastDay, 1) : addDays(of.firstDay, -1)
  if (grain !== 'range') return periodOfDay(calendar, grain, day)
  const length = daysBetween(of.firstDay, of.lastDay)
  return direction === 1
    ? period(calendar.timezone, day, addDays(day, length))
    : period(calendar.timezone, addDays(day, -length), day)
}

const ELAPSED: Record<DurationUnit, number> = { minute: MINUTE, hour: HOUR, day: DAY, week: 7 * DAY, month: 30 * DAY }

/** How long a duration is. A month is thirty days. */
export function milliseconds(text: string): number {
  const { amount, unit } = parseDuration(text)
  return amount * ELAPSED[unit]
}
