import type { PeriodGrain } from '../calendar/index.js'
import { readStatistics } from '../catalog/statistics.js'
import type { CompiledMetric, CompiledTree } from '../metrics/compiled.js'
import { leaves } from '../plan/compile.js'
import { namesOf } from '../plan/dependencies.js'
import type { Slice } from '../plan/interval.js'
import type { LeafPlan, Plan } from '../plan/plan.js'
import type { Statement } from '../sql/batch.js'
import type { QueryContext } from '../sql/context.js'
import { ignoredStatement } from '../sql/ignored.js'
import { leafStatement, segmentsStatement } from '../sql/leaf.js'
import type { Store } from '../store/index.js'

/** What to compute: any metrics of a tree, over any slices of time, as it was known at an instant. */
export interface Evaluation {
  metrics: readonly CompiledMetric[]
  /** What the slices are: retention and lifecycle look at their neighbors. */
  grain: PeriodGrain
  /** In order; whole periods, or with `until` as if nothing had happened from then on. */
  slices: readonly Slice[]
  /** Only what was received by then (ms) is seen. */
  asOf: number
  /** A segment id of the tree. */
  segment?: string | undefined
}

/** Something to be known of a leaf, for the slices of a context. */
export interface CellRequest {
  context: QueryContext
  plan: LeafPlan
  /** Tells apart different requests about one leaf. */
  about: 'numbers' | 'ignored' | 'segments'
  /** The statement, for a context that may have fewer slices. */
  statement(context: QueryContext): Statement
}

/** All that has to be known for an evaluation, and the contexts it is asked in. */
export interface EvaluationRequests {
  whole: QueryContext
  /** By segment; null when none was asked for. */
  cut: QueryContext | null
  requests: CellRequest[]
}

/**
 * Plans what an evaluation has to ask the store, so that explaining one shows exactly what computing it would run.
 *
 * @throws EngineError `unknown_segment`.
 */
export async function requestsFor(
  store: Store,
  compiled: CompiledTree,
  evaluation: Evaluation,
): Promise<EvaluationRequests> {
  const { metrics, grain, slices, asOf } = evaluation
  const segment = compiled.segment(evaluation.segment)
  const names = metrics.flatMap(({ plan }) => leaves(plan)).flatMap(namesOf)
  const whole: QueryContext = {
    database: store.database,
    calendar: compiled.tree.calendar,
    grain,
    slices,
    asOf,
    segment: null,
    known: false,
    fast: store.fast ?? true,
    ...(await readStatistics(store, asOf, names)),
  }
  const cut = segment && { ...whole, segment }
  const requests = metrics.flatMap(({ plan }) => [
    ...cellRequests(whole, plan),
    ...(cut ? cellRequests(cut, plan) : []),
  ])
  return { whole, cut, requests }
}

/** All that has to be known to compute a plan: what was ignored in the whole, and where there are segments, which. */
function cellRequests(context: QueryContext, plan: Plan): CellRequest[] {
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
