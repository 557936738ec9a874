import type { Calendar } from '@nsm/schema'
import { daysBack, type Period } from '../calendar/periods.js'
import type { Window } from './plan.js'

/** UTC instants in ms, half open. */
export interface Interval {
  start: number
  end: number
}

/** A period to compute; with `until`, as if nothing had happened from that instant (ms) on. */
export interface Slice {
  period: Period
  until?: number
}

/** The end (ms) of what a slice looks at. */
export function sliceEnd({ period, until = Number.POSITIVE_INFINITY }: Slice): number {
  return Math.max(period.start, Math.min(period.end, until))
}

/** What a window looks at for a slice. */
export function windowInterval(calendar: Calendar, slice: Slice, window: Window | undefined): Interval {
  const end = sliceEnd(slice)
  if (window === undefined) return { start: slice.period.start, end }
  if (window === 'all') return { start: Number.NEGATIVE_INFINITY, end }
  const start = daysBack(calendar, slice.period, window.days - 1)
  return { start, end: Math.max(start, end) }
}

/** The least interval around all of them. */
export function hull(intervals: readonly Interval[]): Interval {
  return {
    start: intervals.reduce((least, { start }) => Math.min(least, start), Number.POSITIVE_INFINITY),
    end: intervals.reduce((most, { end }) => Math.max(most, end), Number.NEGATIVE_INFINITY),
  }
}
