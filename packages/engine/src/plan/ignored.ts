import { type Pass, passQuestion } from './pass.js'
import type { LeafPlan } from './plan.js'
import { sceneOf } from './reach.js'
import { matching } from './rows.js'
import type { Scene } from './scene.js'
import { labelOf } from './segment.js'
import { assign, windowSpan } from './spans.js'
import type { Question } from './table.js'
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

/**
 * Counts, by type, the values that a leaf's numbers leave out; undefined for a leaf that measures no property. Where every
 * event has a number, which costs nothing to see beside the numbers themselves, no other type is looked at.
 */
export function ignoredQuestion(asked: Scene, plan: LeafPlan): Question | undefined {
  const scene = sceneOf(asked, plan)
  const name = measured(plan)
  if (name === undefined || plan.shape === 'conversion' || plan.shape === 'retention') return undefined
  const { text, number, truth, odd } = property(name)
  const assignment = assign(scene.slices.map((slice) => windowSpan(scene, slice, undefined)))
  const pass: Omit<Pass, 'columns' | 'numbers'> = {
    additive: true,
    scene,
    assignment,
    label: labelOf(null),
    conditions: [matching(plan.rows), assignment.condition],
  }
  const byType = (): Question =>
    passQuestion({
      ...pass,
      conditions: [...pass.conditions, `isNull(${number})`],
      columns: { t: `isNotNull(${text})`, b: `isNotNull(${truth})`, o: odd },
      numbers: (column) => [
        `countIf(${column('t')})`,
        `countIf(${column('b')})`,
        `countIf(${column('o')} = 'null')`,
        `countIf(startsWith(${column('o')}, '['))`,
        `countIf(startsWith(${column('o')}, '{'))`,
      ],
    })
  const none = passQuestion({
    ...pass,
    columns: { v: number },
    numbers: (column) => [`countIf(isNull(${column('v')}))`],
  })
  return { ...none, instead: (rows) => (rows.some((row) => Number(row[2]) > 0) ? byType() : undefined) }
}
