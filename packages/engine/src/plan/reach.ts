import { shiftPeriod } from '../calendar/periods.js'
import type { Entity, Keep, LeafPlan, LifecyclePlan } from './plan.js'
import { type Scene, type Slice, type Span, sliceEnd } from './scene.js'
import { windowSpan } from './spans.js'

/** Whether a lifecycle depends on what an entity ever did, and not only on a period and the one before it. */
export function looksBack({ stage }: LifecyclePlan): boolean {
  return stage === 'new' || stage === 'resurrected'
}

/** The events that a leaf's number for a slice can depend on: none outside this span. */
export function reachOf(scene: Pick<Scene, 'calendar' | 'grain'>, plan: LeafPlan, slice: Slice): Span {
  const end = sliceEnd(slice)
  const ever = { start: Number.NEGATIVE_INFINITY, end }
  const nothing = { start: end, end }
  switch (plan.shape) {
    case 'measure':
      // What was ignored is counted in the period, also where the window is shorter.
      return { start: Math.min(slice.period.start, windowSpan(scene, slice, plan.window).start), end }
    case 'lifecycle': {
      if (looksBack(plan)) return ever
      const before = shiftPeriod(scene.calendar, scene.grain, slice.period, -1)
      const starts = [slice, { period: before }].map((one) => windowSpan(scene, one, plan.window).start)
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
      const column = shiftPeriod(scene.calendar, scene.grain, slice.period, plan.after)
      return {
        start: plan.from.first || plan.to.first ? ever.start : slice.period.start,
        end: plan.mode === 'on_or_after' ? Number.POSITIVE_INFINITY : Math.max(end, column.end),
      }
    }
  }
}

/** The names of all events that a leaf reads. */
export function namesOf(plan: LeafPlan): string[] {
  return plan.shape === 'conversion' || plan.shape === 'retention'
    ? [...plan.from.rows.events, ...plan.to.rows.events]
    : plan.rows.events
}

/** Whether a leaf's number depends on who the user of an event is, and with that on links. */
export function asksWho(plan: LeafPlan): boolean {
  const isUser = (entity: Entity | undefined) => entity?.id === 'user'
  const inKeep = (keep: Keep | undefined) =>
    isUser(keep?.by) || (keep?.unique !== undefined && 'entity' in keep.unique.of && isUser(keep.unique.of.entity))
  switch (plan.shape) {
    case 'stock':
      return isUser(plan.entity)
    case 'lifecycle':
      return isUser(plan.entity) || inKeep(plan.keep)
    case 'conversion':
    case 'retention':
      return isUser(plan.entity) || inKeep(plan.from.keep) || inKeep(plan.to.keep)
    case 'measure': {
      const { aggregate, keep } = plan
      if (inKeep(keep)) return true
      if (aggregate.of === 'entities') return isUser(aggregate.entity)
      if (aggregate.of !== 'measures') return false
      const { per, measure } = aggregate
      const counted = typeof measure === 'object' && 'unique' in measure ? measure.unique : undefined
      return isUser(per) || (counted !== undefined && 'entity' in counted && isUser(counted.entity))
    }
  }
}

/** The scene as a leaf needs it: where every event says who it is, nobody has to be looked up. */
export function sceneOf(asked: Scene, plan: LeafPlan): Scene {
  const known = !asked.anonymous(namesOf(plan))
  return { ...asked, known, linked: asked.linked && asksWho(plan) && !known }
}
