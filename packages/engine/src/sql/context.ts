import type { Calendar, Segment } from '@nsm/schema'
import type { PeriodGrain } from '../calendar/index.js'
import { namesOf, needsIdentity } from '../plan/dependencies.js'
import type { Slice } from '../plan/interval.js'
import type { LeafPlan, Rows } from '../plan/plan.js'

/** What a plan is computed for. */
export interface QueryContext {
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
  /** Whether the faster statements of `fast/` may be used where they apply. They answer the same. */
  fast: boolean
}

/** The context as a leaf needs it: where every event says who it is, nobody has to be looked up. */
export function contextFor(asked: QueryContext, plan: LeafPlan): QueryContext {
  const known = !asked.anonymous(namesOf(plan))
  return { ...asked, known, linked: asked.linked && needsIdentity(plan) && !known }
}
