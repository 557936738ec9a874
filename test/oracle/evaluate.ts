import type {
  AverageDefinition,
  Definition,
  DerivedDefinition,
  Event,
  Point,
  QueryRequest,
  QueryResult,
  RatioPart,
  Segment,
  Tree,
} from '@nsm/schema'
import { type Period, periodsOf } from './calendar.js'
import { evaluateConversion } from './conversion.js'
import { evaluateDerived } from './derived.js'
import { countIgnored } from './ignored.js'
import { evaluateLifecycle } from './lifecycle.js'
import { byEntity, countDays, countDistinct, numbersOf, statistic, total } from './measure.js'
import { evaluateRetention } from './retention.js'
import { keepReaching, rowsIn, seenBefore, windowOf } from './rows.js'
import { type Halves, NOTHING, type Scope } from './scope.js'
import { segmentValue, segmentValues } from './segment.js'
import { stateOf } from './state.js'
import { evaluateStock } from './stock.js'
import { worldAt } from './world.js'

/**
 * What a query answers, straight from the specification: every period looks at every event, with plain loops. `events`
 * are all that were ever received, copies included, in any order; `now` in ms. With `until` (ms) it is as if nothing had
 * happened from then on; who did what stays as it is known at `asOf`.
 */
export function evaluate(
  tree: Tree,
  events: readonly Event[],
  request: QueryRequest,
  now: number,
  until = Number.POSITIVE_INFINITY,
): QueryResult {
  const asOf = request.asOf === undefined ? now : Date.parse(request.asOf)
  const known = worldAt(tree, events, asOf)
  const world = {
    ...known,
    asOf: Math.min(asOf, until),
    events: known.events.filter(({ time }) => time < until),
  }
  const definition = tree.metrics[request.metric]?.definition as Definition
  const periods = periodsOf(tree.calendar, request.grain, request.from, request.to).map((period) => ({
    ...period,
    end: Math.max(period.start, Math.min(period.end, until)),
    over: period.end,
  }))
  const whole: Scope = { world, grain: request.grain, inSegment: () => true }

  const series = (scope: Scope): Point[] =>
    periods.map((period) => ({
      period: period.firstDay,
      start: new Date(period.start).toISOString(),
      end: new Date(period.end).toISOString(),
      ...evaluateMetric(scope, request.metric, period),
      state: stateOf(scope, request.metric, period),
    }))

  const result: QueryResult = {
    metric: request.metric,
    kind: definition.kind,
    grain: request.grain,
    timeZone: tree.calendar.timezone,
    asOf: new Date(asOf).toISOString(),
    points: series(whole),
  }
  if (request.segment !== undefined) {
    const segment = tree.segments[request.segment] as Segment
    result.segments = Object.fromEntries(
      segmentValues(whole, request.metric, periods, segment).map((value) => [
        value,
        series({ ...whole, inSegment: (event) => segmentValue(event, segment) === value }),
      ]),
    )
  }
  const ignored = countIgnored(whole, request.metric, periods)
  if (Object.keys(ignored).length > 0) result.ignored = ignored
  return result
}

/** A metric of the tree in one period. */
function evaluateMetric(scope: Scope, id: string, period: Period): Halves {
  const metric = scope.world.tree.metrics[id]
  const definition = metric?.definition as Definition
  if (definition.kind !== 'derived') return evaluateDefinition(scope, definition, period)
  return evaluateDerived(metric?.formula, (input) => evaluateMetric(scope, input, period).value)
}

function evaluatePart(scope: Scope, part: RatioPart, period: Period): number | null {
  return (typeof part === 'string' ? evaluateMetric(scope, part, period) : evaluateDefinition(scope, part, period))
    .value
}

function evaluateDefinition(scope: Scope, definition: Exclude<Definition, DerivedDefinition>, period: Period): Halves {
  const { world } = scope
  switch (definition.kind) {
    case 'ratio': {
      const numerator = evaluatePart(scope, definition.numerator, period)
      const denominator = evaluatePart(scope, definition.denominator, period)
      const value = numerator === null || denominator === null || denominator === 0 ? null : numerator / denominator
      // What is too large for a number is unknown.
      return { value: Number.isFinite(value) ? value : null, numerator, denominator }
    }
    case 'conversion':
      return evaluateConversion(scope, definition, period)
    case 'retention':
      return evaluateRetention(scope, definition, period)
    case 'stock':
      return evaluateStock(scope, definition, period)
  }
  if (!seenBefore(world, definition.event, period.end)) return NOTHING
  const found = rowsIn(world, definition, windowOf(world, period, definition.window)).filter(scope.inSegment)
  switch (definition.kind) {
    case 'count':
      return { value: keepReaching(world, found, definition.having).length }
    case 'sum':
      return { value: total(numbersOf(keepReaching(world, found, definition.having), definition.property)) }
    case 'average':
      return { value: average(scope, definition, keepReaching(world, found, definition.having, definition.per)) }
    case 'unique':
      if (definition.lifecycle) return evaluateLifecycle(scope, definition, definition.lifecycle, period)
      return {
        value: byEntity(world, keepReaching(world, found, definition.having, definition.of), definition.of).size,
      }
  }
}

function average({ world }: Scope, definition: AverageDefinition, events: readonly Event[]): number | null {
  const { property, per, measure, stat } = definition
  if (property !== undefined) return statistic(numbersOf(events, property), stat)
  const measured = [...byEntity(world, events, per as string).values()].map((own) => {
    if (measure === 'count') return own.length
    if (measure === 'days') return countDays(world, own)
    if (measure && 'sum' in measure) return total(numbersOf(own, measure.sum))
    return countDistinct(world, own, measure?.unique as string)
  })
  return statistic(measured, stat)
}
