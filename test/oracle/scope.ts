import type { Event } from '@nsm/schema'
import type { PeriodGrain } from './calendar.js'
import type { World } from './world.js'

/** What an evaluation looks at. */
export interface Scope {
  world: World
  grain: PeriodGrain
  /** Whether an event belongs to the segment that is asked for. */
  inSegment: (event: Event) => boolean
}

/** A number, with its halves where it has any. */
export interface Halves {
  value: number | null
  numerator?: number | null
  denominator?: number | null
}

export const NOTHING: Halves = { value: null }
