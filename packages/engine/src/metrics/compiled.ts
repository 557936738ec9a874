import type { Grain, Metric, Segment, Tree } from '@nsm/schema'
import type { Plan } from '../plan/plan.js'

/** A tree with everything that follows from its definitions alone. */
export interface CompiledTree {
  readonly tree: Tree
  /** In the order of the tree. */
  readonly metrics: readonly CompiledMetric[]
  /** @throws EngineError `unknown_metric` */
  metric(id: string): CompiledMetric
  /** Null where none is asked for. @throws EngineError `unknown_segment` */
  segment(id: string | undefined): Segment | null
}

/** A metric with everything that follows from its definition. Each part is worked out when it is first needed. */
export interface CompiledMetric {
  readonly id: string
  /** As the tree has it. */
  readonly metric: Metric
  readonly tree: CompiledTree
  readonly plan: Plan
  /** The parts of its `formula`, in order; none without one. In a product each weighs 1. */
  readonly terms: readonly { readonly input: CompiledMetric; readonly weight: number }[]
  /** The metrics of its `formula`, each once. */
  readonly inputs: readonly CompiledMetric[]
  /** 64 hexadecimal digits; another number could only come of another hash. See `definitionHash`. */
  readonly hash: string
  /** How it is counted, in plain English and without a full stop. */
  sentence(grain?: Grain): string
  /** Whether a running period's value only grows towards its whole. */
  readonly accumulates: boolean
  /** Whether a running period's value can never fall again. */
  readonly onlyGrows: boolean
  /** Whether arithmetic with a minus stands behind it. */
  readonly subtracts: boolean
  /** Whether neighboring periods share days. */
  isRolling(grain: Grain): boolean
}
