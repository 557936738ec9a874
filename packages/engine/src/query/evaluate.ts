import type { Segment, Tree } from '@nsm/schema'
import type { PeriodGrain } from '../calendar/index.js'
import { EngineError } from '../errors.js'
import { compileMetric, leaves } from '../plan/compile.js'
import { IGNORED_TYPES, ignoredQuestion } from '../plan/ignored.js'
import { type Halves, leafQuestion, readCell, segmentsQuestion } from '../plan/leaf.js'
import type { LeafPlan, Plan } from '../plan/plan.js'
import { namesOf } from '../plan/reach.js'
import type { Scene, Slice } from '../plan/scene.js'
import { type Question, type Table, WHOLE } from '../plan/table.js'
import type { Store } from '../store/index.js'
import { readFacts } from './facts.js'
import { type Memo, memoOf } from './memo.js'

/** What to compute: any metrics of a tree, over any slices of time, as it was known at an instant. */
export interface Evaluation {
  metrics: readonly string[]
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
 * @throws EngineError `unknown_metric`, `unknown_segment`.
 */
export async function evaluate(store: Store, tree: Tree, evaluation: Evaluation): Promise<Map<string, Evaluated>> {
  const { metrics, grain, slices, asOf } = evaluation
  const plans = new Map(metrics.map((id) => [id, compileMetric(tree, id)]))
  const segment = segmentOf(tree, evaluation.segment)
  const facts = await readFacts(store, asOf, [...plans.values()].flatMap(leaves).flatMap(namesOf))
  const whole: Scene = {
    database: store.database,
    calendar: tree.calendar,
    grain,
    slices,
    asOf,
    segment: null,
    known: false,
    ...facts,
  }
  const memo = memoOf(store)
  const found = new Map<string, Evaluated>()
  for (const [id, plan] of plans) {
    const evaluated: Evaluated = {
      points: await series(memo, whole, plan, WHOLE),
      ignored: await ignoredBy(memo, whole, plan),
    }
    if (segment) {
      const cut = { ...whole, segment }
      evaluated.segments = new Map()
      for (const value of await segmentValues(memo, cut, plan)) {
        evaluated.segments.set(value, await series(memo, cut, plan, value))
      }
    }
    found.set(id, evaluated)
  }
  return found
}

function segmentOf(tree: Tree, id: string | undefined): Segment | null {
  if (id === undefined) return null
  const segment = Object.hasOwn(tree.segments, id) ? tree.segments[id] : undefined
  if (segment) return segment
  const known = Object.keys(tree.segments).join(', ') || 'none'
  throw new EngineError('unknown_segment', `No segment "${id}" in this tree; known: ${known}.`, { path: 'segment' })
}

/** A plan's numbers for one segment (or the whole), slice by slice. */
async function series(memo: Memo, scene: Scene, plan: Plan, segment: string): Promise<Halves[]> {
  switch (plan.shape) {
    case 'ratio': {
      const tops = await series(memo, scene, plan.top, segment)
      const bottoms = await series(memo, scene, plan.bottom, segment)
      return tops.map(({ value: top }, i) => {
        const bottom = bottoms[i]?.value ?? null
        return { value: top === null || bottom === null || bottom === 0 ? null : top / bottom, top, bottom }
      })
    }
    case 'product':
    case 'sum': {
      const parts: Halves[][] = []
      for (const part of plan.parts) parts.push(await series(memo, scene, part.plan, segment))
      return scene.slices.map((_, i) => {
        let total = plan.shape === 'product' ? 1 : 0
        for (const [p, { weight }] of plan.parts.entries()) {
          const value = parts[p]?.[i]?.value ?? null
          if (value === null) return { value: null }
          total = plan.shape === 'product' ? total * value : total + weight * value
        }
        return { value: total }
      })
    }
    default: {
      const cells = (await numbers(memo, scene, plan)).get(segment)
      return scene.slices.map((slice, i) => readCell(scene, plan, slice, cells?.[i]))
    }
  }
}

/** The segments that occur among a plan's events, sorted. */
async function segmentValues(memo: Memo, scene: Scene, plan: Plan): Promise<string[]> {
  const values = new Set<string>()
  for (const leaf of leaves(plan)) {
    const table = segmentsQuestion(scene, leaf)
      ? await memo.table(scene, leaf, 'segments', (part) => segmentsQuestion(part, leaf) as Question)
      : await numbers(memo, scene, leaf)
    for (const value of table.keys()) values.add(value)
  }
  return [...values].sort()
}

function numbers(memo: Memo, scene: Scene, plan: LeafPlan): Promise<Table> {
  return memo.table(scene, plan, 'numbers', (part) => leafQuestion(part, plan))
}

/** What a plan's numeric measures skipped, by type. */
async function ignoredBy(memo: Memo, scene: Scene, plan: Plan): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const leaf of leaves(plan)) {
    if (!ignoredQuestion(scene, leaf)) continue
    const table = await memo.table(scene, leaf, 'ignored', (part) => ignoredQuestion(part, leaf) as Question)
    for (const cell of table.get(WHOLE) ?? []) {
      IGNORED_TYPES.forEach((type, i) => {
        const count = cell?.[i] ?? 0
        if (count > 0) counts[type] = (counts[type] ?? 0) + count
      })
    }
  }
  return counts
}
