import { windowInterval } from '../plan/interval.js'
import type { LeafPlan } from '../plan/plan.js'
import { type Scan, type Statement, scanStatement } from './batch.js'
import { contextFor, type QueryContext } from './context.js'
import { matching } from './fragments/events.js'
import { labelOf } from './fragments/segment.js'
import { property } from './fragments/value.js'
import { assign } from './intervals.js'

/** The types of values that are no numbers, in the order of the cells of {@link ignoredStatement}. */
export const IGNORED_TYPES = ['string', 'boolean', 'null', 'array', 'object'] as const

/** The property that a leaf adds up or averages, if any. */
function measured(plan: LeafPlan): string | undefined {
  if (plan.kind === 'stock') return plan.sum
  if (plan.kind !== 'measure') return undefined
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
export function ignoredStatement(asked: QueryContext, plan: LeafPlan): Statement | undefined {
  const context = contextFor(asked, plan)
  const name = measured(plan)
  if (name === undefined || plan.kind === 'conversion' || plan.kind === 'retention') return undefined
  const { text, number, truth, odd } = property(name)
  const assignment = assign(context.slices.map((slice) => windowInterval(context.calendar, slice, undefined)))
  const scan: Omit<Scan, 'columns' | 'numbers'> = {
    additive: true,
    context,
    assignment,
    label: labelOf(null),
    conditions: [matching(plan.rows), assignment.condition],
  }
  const byType = (): Statement =>
    scanStatement({
      ...scan,
      conditions: [...scan.conditions, `isNull(${number})`],
      columns: { t: `isNotNull(${text})`, b: `isNotNull(${truth})`, o: odd },
      numbers: (column) => [
        `countIf(${column('t')})`,
        `countIf(${column('b')})`,
        `countIf(${column('o')} = 'null')`,
        `countIf(startsWith(${column('o')}, '['))`,
        `countIf(startsWith(${column('o')}, '{'))`,
      ],
    })
  const none = scanStatement({
    ...scan,
    columns: { v: number },
    numbers: (column) => [`countIf(isNull(${column('v')}))`],
  })
  return { ...none, fallback: (rows) => (rows.some((row) => Number(row[2]) > 0) ? byType() : undefined) }
}
