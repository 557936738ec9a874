import type { Calendar, Segment } from '@nsm/schema'
import type { Period, PeriodGrain } from '../calendar/index.js'
import type { Rows } from './plan.js'

/** A period to compute; with `until`, as if nothing had happened from that instant (ms) on. */
export interface Slice {
  period: Period
  until?: number
}

/** What a plan is computed for. */
export interface Scene {
  /** Quoted. */
  database: string
  calendar: Calendar
  grain: PeriodGrain
  slices: readonly Slice[]
  /** Only what was received until here (ms); null when that is everything. */
  receivedUntil: number | null
  /** ms */
  asOf: number
  segment: Segment | null
  /** Whether any anonymous id was ever linked to a user. */
  linked: boolean
  /** Whether every event that is read has a user id. */
  known: boolean
  /** Whether some event of these names (`*`: any) has no user id. */
  anonymous(names: readonly string[]): boolean
  /** The time (ms) of the first event of these names, whatever its properties; null when there is none. */
  firstSeen(rows: Rows): number | null
  /** The time (ms) of the last event of all. */
  lastSeen: number
}

/** UTC instants in ms, half open. */
export interface Span {
  start: number
  end: number
}

/** The end (ms) of what a slice looks at. */
export function sliceEnd({ period, until = Number.POSITIVE_INFINITY }: Slice): number {
  return Math.max(period.start, Math.min(period.end, until))
}
