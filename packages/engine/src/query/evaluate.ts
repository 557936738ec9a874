import { finite } from '../finite.js'
import type { CompiledTree } from '../metrics/compiled.js'
import { leaves } from '../plan/compile.js'
import type { LeafPlan, Plan } from '../plan/plan.js'
import type { QueryContext } from '../sql/context.js'
import { IGNORED_TYPES } from '../sql/ignored.js'
import { type MetricValue, readCell } from '../sql/leaf.js'
import { type Table, WHOLE } from '../sql/table.js'
import type { Store } from '../store/index.js'
import { type CellRequest, type Evaluation, requestsFor } from './cell-request.js'
import { resultCacheOf } from './result-cache.js'

/** The numbers of one metric, one for each slice. */
export interface Evaluated {
  points: MetricValue[]
  /** By segment value, in order; only when a segment was asked for. */
  segments?: Map<string, MetricValue[]>
  /** Values that numeric measures skipped, by the type they had. */
  ignored: Record<string, number>
}

/**
 * Computes metrics. The report, queries and projections all come through here.
 *
 * @throws EngineError `unknown_segment`.
 */
export async function evaluate(
  store: Store,
  compiled: CompiledTree,
  evaluation: Evaluation,
): Promise<Map<string, Evaluated>> {
  const { whole, cut, requests } = await requestsFor(store, compiled, evaluation)
  const answers = answersTo(requests, await resultCacheOf(store).tables(requests))
  return new Map(
    evaluation.metrics.map(({ id, plan }) => {
      const evaluated: Evaluated = {
        points: series(answers, whole, plan, WHOLE),
        ignored: ignoredBy(answers, whole, plan),
      }
      if (cut) {
        const values = segmentValues(answers, cut, plan)
        evaluated.segments = new Map(values.map((value) => [value, series(answers, cut, plan, value)]))
      }
      return [id, evaluated]
    }),
  )
}

/** What was answered, by leaf. */
type Answers = (context: QueryContext, leaf: LeafPlan, about: CellRequest['about']) => Table | undefined

function answersTo(requests: readonly CellRequest[], tables: readonly Table[]): Answers {
  const found = new Map<LeafPlan, { request: CellRequest; table: Table }[]>()
  requests.forEach((request, i) => {
    found.set(request.plan, [...(found.get(request.plan) ?? []), { request, table: tables[i] as Table }])
  })
  return (context, leaf, about) =>
    found.get(leaf)?.find(({ request }) => request.context === context && request.about === about)?.table
}

/** A plan's numbers for one segment (or the whole), slice by slice. */
function series(answers: Answers, context: QueryContext, plan: Plan, segment: string): MetricValue[] {
  switch (plan.kind) {
    case 'ratio': {
      const numerators = series(answers, context, plan.numerator, segment)
      const denominators = series(answers, context, plan.denominator, segment)
      return numerators.map(({ value: numerator }, i) => {
        const denominator = denominators[i]?.value ?? null
        return {
          value:
            numerator === null || denominator === null || denominator === 0 ? null : finite(numerator / denominator),
          numerator,
          denominator,
        }
      })
    }
    case 'product':
    case 'sum': {
      const parts: MetricValue[][] = []
      for (const part of plan.parts) parts.push(series(answers, context, part.plan, segment))
      return context.slices.map((_, i) => {
        let total = plan.kind === 'product' ? 1 : 0
        for (const [p, { weight }] of plan.parts.entries()) {
          const value = parts[p]?.[i]?.value ?? null
          if (value === null) return { value: null }
          total = plan.kind === 'product' ? total * value : total + weight * value
        }
        return { value: finite(total) }
      })
    }
    default: {
      const cells = answers(context, plan, 'numbers')?.get(segment)
      return context.slices.map((slice, i) => readCell(context, plan, slice, cells?.[i]))
    }
  }
}

/** The segments that occur among a plan's events, sorted. */
function segmentValues(answers: Answers, context: QueryContext, plan: Plan): string[] {
  const values = new Set<string>()
  for (const leaf of leaves(plan)) {
    const table = answers(context, leaf, 'segments') ?? answers(context, leaf, 'numbers')
    for (const value of table?.keys() ?? []) values.add(value)
  }
  return [...values].sort()
}

/** What a plan's numeric measures skipped, by type. */
function ignoredBy(answers: Answers, context: QueryContext, plan: Plan): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const leaf of leaves(plan)) {
    for (const cell of answers(context, leaf, 'ignored')?.get(WHOLE) ?? []) {
      IGNORED_TYPES.forEach((type, i) => {
        const count = cell?.[i] ?? 0
        if (count > 0) counts[type] = (counts[type] ?? 0) + count
      })
    }
  }
  return counts
}
