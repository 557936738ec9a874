import { finite } from '../finite.js'
import { conversionQuestion } from './conversion.js'
import { lifecycleQuestion } from './lifecycle.js'
import { measureQuestion } from './measure.js'
import { passQuestion } from './pass.js'
import type { LeafPlan, Rows } from './plan.js'
import { sceneOf } from './reach.js'
import { isObservable, retentionQuestion } from './retention.js'
import { matching } from './rows.js'
import { type Scene, type Slice, sliceEnd } from './scene.js'
import { labelOf } from './segment.js'
import { assign, windowSpan } from './spans.js'
import { stockQuestion } from './stock.js'
import type { Cell, Question } from './table.js'

/** A number, with its halves where it has any; null where it is undefined. */
export interface Halves {
  value: number | null
  numerator?: number | null
  denominator?: number | null
}

/** The SQL that answers a leaf. */
export function leafQuestion(asked: Scene, plan: LeafPlan): Question {
  const scene = sceneOf(asked, plan)
  switch (plan.shape) {
    case 'measure':
      return measureQuestion(scene, plan)
    case 'lifecycle':
      return lifecycleQuestion(scene, plan)
    case 'conversion':
      return conversionQuestion(scene, plan)
    case 'retention':
      return retentionQuestion(scene, plan)
    case 'stock':
      return stockQuestion(scene, plan)
  }
}

/** The events that decide whether a leaf has begun, and that its segments are of. */
export function leadingRows(plan: LeafPlan): Rows {
  return plan.shape === 'conversion' || plan.shape === 'retention' ? plan.from.rows : plan.rows
}

/** The segments that occur among a leaf's events; undefined where its own answer has them anyway. */
export function segmentsQuestion(asked: Scene, plan: LeafPlan): Question | undefined {
  const scene = sceneOf(asked, plan)
  if (!scene.segment || plan.shape === 'stock') return undefined
  const window = 'window' in plan ? plan.window : undefined
  const assignment = assign(scene.slices.map((slice) => windowSpan(scene, slice, window)))
  const conditions = [matching(leadingRows(plan)), assignment.condition]
  const label = labelOf(scene.segment)
  const numbers = () => ['count()']
  return passQuestion({ scene, assignment, label, conditions, columns: {}, numbers, additive: true })
}

/** What a leaf's numbers mean for a slice. Before the first event of its names it is undefined, whatever its kind. */
export function readCell(scene: Scene, plan: LeafPlan, slice: Slice, cell: Cell | undefined): Halves {
  const since = scene.firstSeen(leadingRows(plan))
  const begun = since !== null && since < sliceEnd(slice)
  switch (plan.shape) {
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
      if (!isObservable(scene, plan, slice)) return { value: null, numerator: null, denominator }
      const numerator = cell?.[0] ?? 0
      return { value: denominator === 0 ? null : numerator / denominator, numerator, denominator }
    }
  }
}

/** A number too large for a double is unknown. */
function known(number: number | null): number | null {
  return number === null ? null : finite(number)
}
