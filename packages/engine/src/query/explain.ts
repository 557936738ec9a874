import type { QueryRequest, Tree } from '@nsm/schema'
import { periods } from '../calendar/index.js'
import { readStatistics } from '../catalog/statistics.js'
import { compileTree } from '../metrics/compile-tree.js'
import { leaves } from '../plan/compile.js'
import { namesOf } from '../plan/dependencies.js'
import { batch } from '../sql/batch.js'
import type { Store } from '../store/index.js'
import { cellRequests } from './cell-request.js'

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
  const { plan, sentence } = compiled.metric(metric)
  const context = {
    database: store.database,
    calendar: tree.calendar,
    grain,
    slices: periods(tree.calendar, grain, from, to).map((period) => ({ period })),
    asOf,
    known: false,
    fast: store.fast ?? true,
    segment: compiled.segment(segment),
    ...(await readStatistics(store, asOf, leaves(plan).flatMap(namesOf))),
  }
  const whole = cellRequests({ ...context, segment: null }, plan)
  const asked = context.segment ? [...whole, ...cellRequests(context, plan)] : whole
  return {
    sentence: sentence(),
    plan,
    sql: batch(asked.map((request) => request.statement(request.context))).map(({ sql }) => sql),
  }
}
