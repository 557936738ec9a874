import type { Grain } from '@nsm/schema'
import { dateFormat, relativeFormat } from './intl.js'
import { fill } from './messages.js'
import type { Speaker } from './speaker.js'

/** A formatted local date: 12 Oct. Local dates have no zone, so they are handled as UTC. */
export function formatDate(date: string, { lang }: Speaker, options: Intl.DateTimeFormatOptions = {}): string {
  return dateFormat(lang, { day: 'numeric', month: 'short', ...options, timeZone: 'UTC' }).format(Date.parse(date))
}

/** A period's name by date: "week of 12 Oct", "October 2026". */
export function periodName(period: string, grain: Grain, speaker: Speaker): string {
  if (grain === 'day') return formatDate(period, speaker, { weekday: 'short' })
  if (grain === 'week') return fill(speaker.words.weekOf, { date: formatDate(period, speaker) })
  const year = period.slice(0, 4)
  if (grain === 'quarter') return `Q${Math.ceil(Number(period.slice(5, 7)) / 3)} ${year}`
  return formatDate(period, speaker, { day: undefined, month: 'long', year: 'numeric' })
}

/** A short label for an axis: 12 Oct, Oct 26. */
export function tickName(period: string, grain: Grain, speaker: Speaker): string {
  if (grain === 'quarter') return periodName(period, grain, speaker)
  return formatDate(period, speaker, grain === 'month' ? { day: undefined, year: 'numeric' } : {})
}

/** "this week", "last month", "yesterday". */
export function relativePeriod(offset: number, grain: Grain, { lang }: Speaker): string {
  return relativeFormat(lang).format(offset, grain)
}

/** A clock time, with its date if that is not the day of `now`. */
export function formatTime(instant: number, now: number, { lang, timeZone }: Speaker): string {
  const day = dateFormat(lang, { dateStyle: 'short', timeZone })
  const time: Intl.DateTimeFormatOptions = { hour: 'numeric', minute: '2-digit', timeZone }
  const sameDay = day.format(instant) === day.format(now)
  return dateFormat(lang, sameDay ? time : { day: 'numeric', month: 'short', ...time }).format(instant)
}
