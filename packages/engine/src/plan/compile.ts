import {
  type AverageDefinition,
  type Definition,
  type EventNames,
  type Having,
  isEntity,
  type Metric,
  type RatioPart,
  type Step,
  type Tree,
  type Where,
} from '@nsm/schema'
import { EngineError } from '../errors.js'
import { wellFormed } from '../store/quote.js'
import { milliseconds } from './duration.js'
import type { Distinct, Entity, HavingPlan, LeafPlan, MeasurePlan, Plan, Rows, Stat, StepPlan, Window } from './plan.js'

/** What is known of a tree's other metrics while one is compiled. */
interface Compiled {
  tree: Tree
  metric(id: string): { metric: Metric; plan: Plan }
}

/** What a metric of the tree means. @throws EngineError `unknown_metric`. */
export function compileMetric(compiled: Compiled, id: string): Plan {
  const { definition, formula } = compiled.metric(id).metric
  if (definition.kind !== 'derived') return compileDefinition(compiled, definition)
  if (!formula)
    throw new EngineError('unknown_metric', `The derived metric "${id}" has no "formula".`, { path: 'metric' })
  const planOf = (part: string) => compiled.metric(part).plan
  return 'product' in formula
    ? { kind: 'product', parts: formula.product.map((part) => ({ plan: planOf(part), weight: 1 })) }
    : { kind: 'sum', parts: formula.sum.map(([part, weight]) => ({ plan: planOf(part), weight })) }
}

/** The leaves of a plan, in order: what has to be read. */
export function leaves(plan: Plan): LeafPlan[] {
  switch (plan.kind) {
    case 'ratio':
      return [plan.numerator, plan.denominator].flatMap(leaves)
    case 'product':
    case 'sum':
      return plan.parts.flatMap((part) => leaves(part.plan))
    default:
      return [plan]
  }
}

/** Events by these names and this filter, without what the tree excludes. */
function rowsOf(tree: Tree, event: EventNames, where: Where | undefined): Rows {
  return {
    // As they are stored.
    events: (Array.isArray(event) ? event : [event]).map(wellFormed),
    ...(where && { where }),
    ...(tree.exclude && { exclude: tree.exclude }),
  }
}

function compileDefinition(compiled: Compiled, definition: Exclude<Definition, { kind: 'derived' }>): Plan {
  const { tree } = compiled
  const { kind } = definition
  switch (kind) {
    case 'ratio':
      return {
        kind: 'ratio',
        numerator: compilePart(compiled, definition.numerator),
        denominator: compilePart(compiled, definition.denominator),
      }
    case 'stock':
      return {
        kind: 'stock',
        rows: rowsOf(tree, definition.event, definition.where),
        entity: entityOf(tree, definition.of),
        ...(definition.state && { state: definition.state }),
        ...(definition.sum !== undefined && { sum: definition.sum }),
        ...(definition.expires !== undefined && { expires: milliseconds(definition.expires) }),
      }
    case 'conversion':
    case 'retention': {
      const ends = {
        entity: entityOf(tree, definition.of),
        from: compileStep(tree, definition.from, definition.of),
        to: compileStep(tree, definition.to, definition.of),
      }
      return kind === 'conversion'
        ? { kind: kind, ...ends, within: milliseconds(definition.within), stat: definition.stat }
        : { kind: kind, ...ends, after: definition.after, mode: definition.mode }
    }
  }
  const own = kind === 'unique' ? definition.of : kind === 'average' ? definition.per : undefined
  const window = windowOf(definition.window)
  const having = havingOf(tree, definition.having, own)
  const selection = {
    rows: rowsOf(tree, definition.event, definition.where),
    ...(window && { window }),
    ...(having && { having }),
  }
  switch (kind) {
    case 'count':
      return { kind: 'measure', ...selection, aggregate: { of: 'events' } }
    case 'sum':
      return { kind: 'measure', ...selection, aggregate: { of: 'total', property: definition.property } }
    case 'average':
      return { kind: 'measure', ...selection, aggregate: averageOf(tree, definition) }
    case 'unique': {
      const entity = entityOf(tree, definition.of)
      return definition.lifecycle
        ? { kind: 'lifecycle', ...selection, entity, stage: definition.lifecycle }
        : { kind: 'measure', ...selection, aggregate: { of: 'entities', entity } }
    }
  }
}

function compilePart(compiled: Compiled, part: RatioPart): Plan {
  return typeof part === 'string' ? compiled.metric(part).plan : compileDefinition(compiled, part)
}

function compileStep(tree: Tree, step: Step, of: string): StepPlan {
  const having = havingOf(tree, step.having, of)
  return { rows: rowsOf(tree, step.event, step.where), ...(having && { having }), first: step.first ?? false }
}

function averageOf(tree: Tree, definition: AverageDefinition): MeasurePlan['aggregate'] {
  const stat = statOf(definition.stat)
  if (definition.property !== undefined) return { of: 'values', property: definition.property, stat }
  const measure = definition.measure ?? 'count'
  return {
    of: 'measures',
    per: entityOf(tree, definition.per ?? 'user'),
    measure:
      typeof measure === 'object' && 'unique' in measure ? { unique: distinctOf(tree, measure.unique) } : measure,
    stat,
  }
}

function statOf(stat: string): Stat {
  if (stat === 'mean') return stat
  return stat === 'median' ? 0.5 : stat === 'min' ? 0 : stat === 'max' ? 1 : Number(stat.slice(1)) / 100
}

function windowOf(window: string | undefined): Window | undefined {
  if (window === undefined || window === 'to-date') return undefined
  return window === 'all' ? 'all' : { days: Number(window.slice(0, -1)) }
}

function havingOf(tree: Tree, having: Having | undefined, own: string | undefined): HavingPlan | undefined {
  if (!having) return undefined
  const { by, count, days, sum, unique } = having
  return {
    by: entityOf(tree, by ?? own ?? 'user'),
    ...(count && { count: bounds(count) }),
    ...(days && { days: bounds(days) }),
    ...(sum && { sum: { ...bounds(sum), property: sum.property } }),
    ...(unique && { unique: { ...bounds(unique), of: distinctOf(tree, unique.property) } }),
  }
}

function bounds({ gte, lt }: { gte?: number | undefined; lt?: number | undefined }): { gte?: number; lt?: number } {
  return { ...(gte !== undefined && { gte }), ...(lt !== undefined && { lt }) }
}

function distinctOf(tree: Tree, name: string): Distinct {
  return isEntity(tree, name) ? { entity: entityOf(tree, name) } : { property: name }
}

function entityOf(tree: Tree, name: string): Entity {
  const declared = Object.hasOwn(tree.entities, name) ? tree.entities[name]?.id : undefined
  if (declared !== undefined) return { name, id: declared }
  if (name === 'user') return { name, id: 'user' }
  return { name, id: name === 'session' ? 'context.sessionId' : `context.groups.${name}` }
}
