import type { Calendar } from '@nsm/schema'
import { type PeriodGrain, shiftPeriod } from '../calendar/periods.js'
import { type Interval, type Slice, sliceEnd, windowInterval } from './interval.js'
import type { Entity, HavingPlan, LeafPlan, LifecyclePlan } from './plan.js'

/** Whether a lifecycle depends on what an entity ever did, and not only on a period and the one before it. */
export function looksBack({ stage }: LifecyclePlan): boolean {
  return stage === 'new' || stage === 'resurrected'
}

/** The events that a leaf's number for a slice can depend on: none outside this interval. */
export function dependsOn(
  { calendar, grain }: { calendar: Calendar; grain: PeriodGrain },
  plan: LeafPlan,
  slice: Slice,
): Interval {
  const end = sliceEnd(slice)
  const ever = { start: Number.NEGATIVE_INFINITY, end }
  const nothing = { start: end, end }
  switch (plan.kind) {
    case 'measure':
      // What was ignored is counted in the period, also where the window is shorter.
      return { start: Math.min(slice.period.start, windowInterval(calendar, slice, plan.window).start), end }
    case 'lifecycle': {
      if (looksBack(plan)) return ever
      const before = shiftPeriod(calendar, grain, slice.period, -1)
      const starts = [slice, { period: before }].map((one) => windowInterval(calendar, one, plan.window).start)
      return { start: Math.min(...starts), end }
    }
    case 'stock':
      return ever
    case 'conversion': {
      if (end === slice.period.start) return nothing
      const start = plan.from.first || plan.to.first ? ever.start : slice.period.start
      return { start, end: end + plan.within + 1 }
    }
    case 'retention': {
      if (end === slice.period.start) return nothing
      const column = shiftPeriod(calendar, grain, slice.period, plan.after)
      return {
        start: plan.from.first || plan.to.first ? ever.start : slice.period.start,
        end: plan.mode === 'on_or_after' ? Number.POSITIVE_INFINITY : Math.max(end, column.end),
      }
    }
  }
}

/** The names of all events that a leaf reads. */
export function namesOf(plan: LeafPlan): string[] {
  return plan.kind === 'conversion' || plan.kind === 'retention'
    ? [...plan.from.rows.events, ...plan.to.rows.events]
    : plan.rows.events
}

/** Whether a leaf's number depends on who the user of an event is, and with that on links. */
export function needsIdentity(plan: LeafPlan): boolean {
  const isUser = (entity: Entity | undefined) => entity?.id === 'user'
  const inHaving = (having: HavingPlan | undefined) =>
    isUser(having?.by) ||
    (having?.unique !== undefined && 'entity' in having.unique.of && isUser(having.unique.of.entity))
  switch (plan.kind) {
    case 'stock':
      return isUser(plan.entity)
    case 'lifecycle':
      return isUser(plan.entity) || inHaving(plan.having)
    case 'conversion':
    case 'retention':
      return isUser(plan.entity) || inHaving(plan.from.having) || inHaving(plan.to.having)
    case 'measure': {
      const { aggregate, having } = plan
      if (inHaving(having)) return true
      if (aggregate.of === 'entities') return isUser(aggregate.entity)
      if (aggregate.of !== 'measures') return false
      const { per, measure } = aggregate
      const counted = typeof measure === 'object' && 'unique' in measure ? measure.unique : undefined
      return isUser(per) || (counted !== undefined && 'entity' in counted && isUser(counted.entity))
    }
  }
}
