import { leaves } from '../plan/compile.js'
import type { LeafPlan, Plan } from '../plan/plan.js'
import type { Statement } from '../sql/batch.js'
import type { QueryContext } from '../sql/context.js'
import { ignoredStatement } from '../sql/ignored.js'
import { leafStatement, segmentsStatement } from '../sql/leaf.js'

/** Something to be known of a leaf, for the slices of a context. */
export interface CellRequest {
  context: QueryContext
  plan: LeafPlan
  /** Tells apart different requests about one leaf. */
  about: 'numbers' | 'ignored' | 'segments'
  /** The statement, for a context that may have fewer slices. */
  statement(context: QueryContext): Statement
}

/** All that has to be known to compute a plan: what was ignored in the whole, and where there are segments, which. */
export function cellRequests(context: QueryContext, plan: Plan): CellRequest[] {
  return leaves(plan).flatMap((leaf): CellRequest[] => {
    const numbers: CellRequest = {
      context,
      plan: leaf,
      about: 'numbers',
      statement: (part) => leafStatement(part, leaf),
    }
    const [about, request] = context.segment
      ? (['segments', segmentsStatement] as const)
      : (['ignored', ignoredStatement] as const)
    if (!request(context, leaf)) return [numbers]
    return [numbers, { context, plan: leaf, about, statement: (part) => request(part, leaf) as Statement }]
  })
}
