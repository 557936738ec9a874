import type { PeriodGrain } from '../calendar/index.js'
import { finite } from '../finite.js'
import type { CompiledMetric, CompiledTree } from '../metrics/compiled.js'
import { leaves } from '../plan/compile.js'
import { IGNORED_TYPES } from '../plan/ignored.js'
import { type Halves, readCell } from '../plan/leaf.js'
import type { LeafPlan, Plan } from '../plan/plan.js'
import { namesOf } from '../plan/reach.js'
import type { Scene, Slice } from '../plan/scene.js'
import { type Table, WHOLE } from '../plan/table.js'
import type { Store } from '../store/index.js'
import { type Ask, asksOf } from './ask.js'
import { readFacts } from './facts.js'
import { memoOf } from './memo.js'

/** What to compute: any metrics of a tree, over any slices of time, as it was known at an instant. */
export interface Evaluation {
  metrics: readonly CompiledMetric[]
  /** What the slices are: retention and lifecycle look at their neighbours. */
  grain: PeriodGrain
  /** In order; whole periods, or with `until` as if nothing had happened from then on. */
  slices: readonly Slice[]
  /** Only what was received by then (ms) is seen. */
  asOf: number
  /** A segment id of the tree. */
  segment?: string | undefined
}

/** The numbers of one metric, one for each slice. */
export interface Evaluated {
  points: Halves[]
  /** By segment value, in order; only when a segment was asked for. */
  segments?: Map<string, Halves[]>
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
  const { metrics, grain, slices, asOf } = evaluation
  const plans = new Map(metrics.map(({ id, plan }) => [id, plan]))
  const segment = compiled.segment(evaluation.segment)
  const facts = await readFacts(store, asOf, [...plans.values()].flatMap(leaves).flatMap(namesOf))
  const whole: Scene = {
    database: store.database,
    calendar: compiled.tree.calendar,
    grain,
    slices,
    asOf,
    segment: null,
    known: false,
    ...facts,
  }
  const cut = segment && { ...whole, segment }
  const asks = [...plans.values()].flatMap((plan) => [...asksOf(whole, plan), ...(cut ? asksOf(cut, plan) : [])])
  const answers = answersTo(asks, await memoOf(store).tables(asks))
  return new Map(
    [...plans].map(([id, plan]) => {
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
type Answers = (scene: Scene, leaf: LeafPlan, about: Ask['about']) => Table | undefined

function answersTo(asks: readonly Ask[], tables: readonly Table[]): Answers {
  const found = new Map<LeafPlan, { ask: Ask; table: Table }[]>()
  asks.forEach((ask, i) => {
    found.set(ask.plan, [...(found.get(ask.plan) ?? []), { ask, table: tables[i] as Table }])
  })
  return (scene, leaf, about) => found.get(leaf)?.find(({ ask }) => ask.scene === scene && ask.about === about)?.table
}

/** A plan's numbers for one segment (or the whole), slice by slice. */
function series(answers: Answers, scene: Scene, plan: Plan, segment: string): Halves[] {
  switch (plan.shape) {
    case 'ratio': {
      const numerators = series(answers, scene, plan.numerator, segment)
      const denominators = series(answers, scene, plan.denominator, segment)
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
      const parts: Halves[][] = []
      for (const part of plan.parts) parts.push(series(answers, scene, part.plan, segment))
      return scene.slices.map((_, i) => {
        let total = plan.shape === 'product' ? 1 : 0
        for (const [p, { weight }] of plan.parts.entries()) {
          const value = parts[p]?.[i]?.value ?? null
          if (value === null) return { value: null }
          total = plan.shape === 'product' ? total * value : total + weight * value
        }
        return { value: finite(total) }
      })
    }
    default: {
      const cells = answers(scene, plan, 'numbers')?.get(segment)
      return scene.slices.map((slice, i) => readCell(scene, plan, slice, cells?.[i]))
    }
  }
}

/** The segments that occur among a plan's events, sorted. */
function segmentValues(answers: Answers, scene: Scene, plan: Plan): string[] {
  const values = new Set<string>()
  for (const leaf of leaves(plan)) {
    const table = answers(scene, leaf, 'segments') ?? answers(scene, leaf, 'numbers')
    for (const value of table?.keys() ?? []) values.add(value)
  }
  return [...values].sort()
}

/** What a plan's numeric measures skipped, by type. */
function ignoredBy(answers: Answers, scene: Scene, plan: Plan): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const leaf of leaves(plan)) {
    for (const cell of answers(scene, leaf, 'ignored')?.get(WHOLE) ?? []) {
      IGNORED_TYPES.forEach((type, i) => {
        const count = cell?.[i] ?? 0
        if (count > 0) counts[type] = (counts[type] ?? 0) + count
      })
    }
  }
  return counts
}
