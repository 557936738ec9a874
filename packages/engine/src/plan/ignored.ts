import type { LeafPlan } from './plan.js'
import { matching, selectEvents } from './rows.js'
import type { Scene } from './scene.js'
import { assign, windowSpan } from './spans.js'
import { byKey, type Question, WHOLE } from './table.js'
import { property } from './value.js'

/** The types of values that are no numbers, in the order of the cells of {@link ignoredQuestion}. */
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
export function ignoredQuestion(scene: Scene, plan: LeafPlan): Question | undefined {
  const name = measured(plan)
  if (name === undefined || plan.shape === 'conversion' || plan.shape === 'retention') return undefined
  const { text, truth, odd } = property(name)
  const { key, condition, positions } = assign(scene.slices.map((slice) => windowSpan(scene, slice, undefined)))
  const columns = { w: key, o: odd, t: `isNotNull(${text})`, b: `isNotNull(${truth})` }
  const events = selectEvents(scene, columns, [matching(plan.rows), condition])
  const counts = ['t', 'b', `o = 'null'`, `startsWith(o, '[')`, `startsWith(o, '{')`].map((test) => `countIf(${test})`)
  return { sql: `SELECT w, '${WHOLE}', ${counts.join(', ')} FROM (${events}) GROUP BY w`, read: byKey(positions) }
}
