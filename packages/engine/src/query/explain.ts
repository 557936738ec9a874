import type { QueryRequest, Tree } from '@nsm/schema'
import { periods } from '../calendar/index.js'
import { compileTree } from '../metrics/compile-tree.js'
import { batch } from '../sql/batch.js'
import type { Store } from '../store/index.js'
import { requestsFor } from './cell-request.js'

/** How a query is answered: the definition in words, the plan, and the SQL of each of its leaves. */
export interface Explanation {
  sentence: string
  plan: object
  sql: string[]
}

/** Explains what {@link query} would do for the same arguments. @throws as `query` does. */
export async function explain(store: Store, tree: Tree, request: QueryRequest, now: number): Promise<Explanation> {
  const { metric, grain, from, to, segment } = request
  const asOf = request.asOf === undefined ? now : Date.parse(request.asOf)
  const compiled = compileTree(tree)
  const explained = compiled.metric(metric)
  const { requests } = await requestsFor(store, compiled, {
    metrics: [explained],
    grain,
    slices: periods(tree.calendar, grain, from, to).map((period) => ({ period })),
    asOf,
    segment,
  })
  return {
    sentence: explained.sentence(),
    plan: explained.plan,
    sql: batch(requests.map((request) => request.statement(request.context))).map(({ sql }) => sql),
  }
}
