import { finite } from '../finite.js'
import { type Slice, sliceEnd, windowInterval } from '../plan/interval.js'
import type { LeafPlan, Rows } from '../plan/plan.js'
import { type Statement, scanStatement } from './batch.js'
import { contextFor, type QueryContext } from './context.js'
import { conversionStatement } from './conversion.js'
import { matching } from './fragments/events.js'
import { labelOf } from './fragments/segment.js'
import { assign } from './intervals.js'
import { lifecycleStatement } from './lifecycle.js'
import { measureStatement } from './measure.js'
import { isObservable, retentionStatement } from './retention.js'
import { stockStatement } from './stock.js'
import type { Cell } from './table.js'

/** A number, with its halves where it has any; null where it is undefined. */
export interface MetricValue {
  value: number | null
  numerator?: number | null
  denominator?: number | null
}

/** The SQL that answers a leaf. */
export function leafStatement(asked: QueryContext, plan: LeafPlan): Statement {
  const context = contextFor(asked, plan)
  switch (plan.kind) {
    case 'measure':
      return measureStatement(context, plan)
    case 'lifecycle':
      return lifecycleStatement(context, plan)
    case 'conversion':
      return conversionStatement(context, plan)
    case 'retention':
      return retentionStatement(context, plan)
    case 'stock':
      return stockStatement(context, plan)
  }
}

/** The events that decide whether a leaf has begun, and that its segments are of. */
export function leadingRows(plan: LeafPlan): Rows {
  return plan.kind === 'conversion' || plan.kind === 'retention' ? plan.from.rows : plan.rows
}

/** The segments that occur among a leaf's events; undefined where its own answer has them anyway. */
export function segmentsStatement(asked: QueryContext, plan: LeafPlan): Statement | undefined {
  const context = contextFor(asked, plan)
  if (!context.segment || plan.kind === 'stock') return undefined
  const window = 'window' in plan ? plan.window : undefined
  const assignment = assign(context.slices.map((slice) => windowInterval(context.calendar, slice, window)))
  const conditions = [matching(leadingRows(plan)), assignment.condition]
  const label = labelOf(context.segment)
  const numbers = () => ['count()']
  return scanStatement({ context, assignment, label, conditions, columns: {}, numbers, additive: true })
}

/** What a leaf's numbers mean for a slice. Before the first event of its names it is undefined, whatever its kind. */
export function readCell(context: QueryContext, plan: LeafPlan, slice: Slice, cell: Cell | undefined): MetricValue {
  const since = context.firstSeen(leadingRows(plan))
  const begun = since !== null && since < sliceEnd(slice)
  switch (plan.kind) {
    case 'measure': {
      const empty = plan.aggregate.of === 'values' || plan.aggregate.of === 'measures' ? null : 0
      return { value: begun ? known(cell?.[0] ?? empty) : null }
    }
    case 'lifecycle':
      return { value: begun ? (cell?.[0] ?? 0) : null }
    case 'stock':
      return { value: begun ? known(cell?.[plan.sum === undefined ? 0 : 1] ?? 0) : null }
    case 'conversion': {
      if (!begun) return { value: null, numerator: null, denominator: null }
      const [numerator, denominator, median] = [cell?.[0] ?? 0, cell?.[1] ?? 0, cell?.[2] ?? null]
      const value =
        plan.stat === 'rate'
          ? denominator === 0
            ? null
            : numerator / denominator
          : plan.stat === 'count'
            ? numerator
            : median
      return { value, numerator, denominator }
    }
    case 'retention': {
      if (!begun) return { value: null, numerator: null, denominator: null }
      const denominator = cell?.[1] ?? 0
      if (!isObservable(context, plan, slice)) return { value: null, numerator: null, denominator }
      const numerator = cell?.[0] ?? 0
      return { value: denominator === 0 ? null : numerator / denominator, numerator, denominator }
    }
  }
}

/** A number too large for a double is unknown. */
function known(number: number | null): number | null {
  return number === null ? null : finite(number)
}
