import type { LeafPlan } from './plan.js'
import { matching, selectEvents } from './rows.js'
import { type Scene, sliceEnd } from './scene.js'
import { within } from './spans.js'
import { property } from './value.js'

/** The types of values that are no numbers, in the order of the columns of {@link ignoredSql}. */
export const IGNORED_TYPES = ['string', 'boolean', 'null', 'array', 'object'] as const

/** The property that a leaf adds up or averages, if any. */
function measured(plan: LeafPlan): string | undefined {
  if (plan.shape === 'stock') return plan.sum
  if (plan.shape !== 'measure') return undefined
  const { aggregate } = plan
  if (aggregate.of === 'total' || aggregate.of === 'values') return aggregate.property
  if (aggregate.of === 'measures' && typeof aggregate.measure === 'object' && 'sum' in aggregate.measure)
    return aggregate.measure.sum
  return undefined
}

/** Counts, by type, the values that a leaf's numbers leave out; undefined for a leaf that measures no property. */
export function ignoredSql(scene: Scene, plan: LeafPlan): string | undefined {
  const name = measured(plan)
  if (name === undefined || plan.shape === 'conversion' || plan.shape === 'retention') return undefined
  const { text, truth, odd } = property(name)
  const span = {
    start: scene.slices.reduce((least, { period }) => Math.min(least, period.start), Number.POSITIVE_INFINITY),
    end: scene.slices.reduce((most, slice) => Math.max(most, sliceEnd(slice)), Number.NEGATIVE_INFINITY),
  }
  const events = selectEvents(scene, { o: odd, t: `isNotNull(${text})`, b: `isNotNull(${truth})` }, [
    matching(plan.rows),
    within(span),
  ])
  return `SELECT countIf(t), countIf(b), countIf(o = 'null'), countIf(startsWith(o, '[')), countIf(startsWith(o, '{')) FROM (${events})`
}
