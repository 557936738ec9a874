import type { Where } from '@nsm/schema'

/**
 * What a definition means, before any SQL: which events, whose, and what is made of them. Every leaf has the same kind
 * (rows → group → having → aggregate); ratios and arithmetic stand above leaves.
 */
export type Plan = LeafPlan | RatioPlan | ArithmeticPlan

/** What reads events. */
export type LeafPlan = MeasurePlan | LifecyclePlan | ConversionPlan | RetentionPlan | StockPlan

interface RatioPlan {
  kind: 'ratio'
  numerator: Plan
  denominator: Plan
}

interface ArithmeticPlan {
  kind: 'product' | 'sum'
  parts: { plan: Plan; weight: number }[]
}

/** Events by name and filter. */
export interface Rows {
  /** Names; `*` is every track, page and screen event. */
  events: string[]
  where?: Where
  /** The tree's: what scans this is left out. */
  exclude?: Where
}

/** Whose an event is: `user` by identity, any other by a path into the event. */
export interface Entity {
  name: string
  /** `user`: by user id, links and anonymous id; else a path such as `context.groups.team`. */
  id: string
}

/** What is told apart: an entity's ids or a property's values. */
export type Distinct = { entity: Entity } | { property: string }

export interface Bounds {
  gte?: number
  lt?: number
}

/** Which groups count: all thresholds must be reached. */
export interface HavingPlan {
  by: Entity
  count?: Bounds
  days?: Bounds
  sum?: Bounds & { property: string }
  unique?: Bounds & { of: Distinct }
}

/** `7d`, `all`; without one the period itself. */
export type Window = { days: number } | 'all'

interface Selection {
  rows: Rows
  window?: Window
  having?: HavingPlan
}

/** A number a period: of events, or of entities where there is a `per`. */
export interface MeasurePlan extends Selection {
  kind: 'measure'
  aggregate:
    | { of: 'events' }
    | { of: 'total'; property: string }
    | { of: 'entities'; entity: Entity }
    | { of: 'values'; property: string; stat: Stat }
    | { of: 'measures'; per: Entity; measure: 'count' | 'days' | { sum: string } | { unique: Distinct }; stat: Stat }
}

/** `mean`, or a quantile between 0 (the least) and 1 (the most), interpolated inclusively. */
export type Stat = 'mean' | number

export interface LifecyclePlan extends Selection {
  kind: 'lifecycle'
  entity: Entity
  stage: 'new' | 'returning' | 'resurrected' | 'dormant'
}

export interface StepPlan {
  rows: Rows
  having?: HavingPlan
  /** Only the first such event that the entity ever did. */
  first: boolean
}

export interface ConversionPlan {
  kind: 'conversion'
  entity: Entity
  from: StepPlan
  to: StepPlan
  /** ms */
  within: number
  stat: 'rate' | 'count' | 'median_time'
}

export interface RetentionPlan {
  kind: 'retention'
  entity: Entity
  from: StepPlan
  to: StepPlan
  after: number
  mode: 'on' | 'on_or_after'
}

export interface StockPlan {
  kind: 'stock'
  rows: Rows
  entity: Entity
  state?: Where
  sum?: string
  /** ms */
  expires?: number
}
