import type { Definition, Grain, Having, RatioPart } from '@nsm/schema'
import type { CompiledMetric } from './compiled.js'

const SHORTEST_DAYS: Record<Grain, number> = { day: 1, week: 7, month: 28, quarter: 90 }

/**
 * Whether a running period's value only grows towards its whole, so that its share complete means something.
 * A rate, an average or a state does not; nor does a number of entities that leave it by doing more. Lifecycles are left
 * out, because each of the points that a share needs is a look at all of history.
 */
export function accumulates({ metric, terms }: CompiledMetric): boolean {
  const { definition, formula } = metric
  switch (definition.kind) {
    case 'count':
    case 'sum':
      return !windowed(definition.window) && hasNoCeiling(definition.having)
    case 'unique': {
      const { having, lifecycle, window } = definition
      return !windowed(window) && lifecycle === undefined && hasNoCeiling(having)
    }
    case 'derived':
      return !(formula && 'product' in formula) && terms.every(({ input, weight }) => weight > 0 && input.accumulates)
    default:
      return false
  }
}

/**
 * Whether a running period's value can never fall again, so that a maximum it has passed is broken for good. Totals can:
 * a later amount may be negative.
 */
export function onlyGrows(own: CompiledMetric): boolean {
  const { definition } = own.metric
  if (definition.kind === 'derived') return own.accumulates && own.terms.every(({ input }) => input.onlyGrows)
  const total = definition.kind === 'sum' || ('having' in definition && definition.having?.sum !== undefined)
  return own.accumulates && !total
}

/** Whether neighboring periods share days, which makes each value a repetition of the last. */
export function isRolling({ metric: { definition }, terms, tree }: CompiledMetric, grain: Grain): boolean {
  if (definition.kind === 'derived') return terms.some(({ input }) => input.isRolling(grain))
  const overlaps = (inner: Definition): boolean => {
    if (inner.kind === 'ratio') return [inner.numerator, inner.denominator].some(partOverlaps)
    const window = 'window' in inner ? inner.window : undefined
    return window === 'all' || (windowed(window) && Number.parseInt(window as string, 10) > SHORTEST_DAYS[grain])
  }
  const partOverlaps = (part: RatioPart): boolean =>
    typeof part === 'string' ? tree.metric(part).isRolling(grain) : overlaps(part)
  return overlaps(definition)
}

/** What a metric can be, as far as its definition and its history tell: the normal band is clipped to it. */
export function boundsOf(own: CompiledMetric, values: readonly (number | null)[]): { min?: number; max?: number } {
  const { unit, definition } = own.metric
  const share =
    unit === 'percent' ||
    definition.kind === 'retention' ||
    (definition.kind === 'conversion' && definition.stat === 'rate')
  if (share && values.every((value) => value === null || (value >= 0 && value <= 1))) return { min: 0, max: 1 }
  return own.subtracts || values.some((value) => value !== null && value < 0) ? {} : { min: 0 }
}

/** Whether arithmetic with a minus stands behind a metric. */
export function subtracts({ metric: { definition }, terms, tree }: CompiledMetric): boolean {
  if (definition.kind === 'derived') return terms.some(({ input, weight }) => weight < 0 || input.subtracts)
  return (
    definition.kind === 'ratio' &&
    [definition.numerator, definition.denominator].some(
      (part) => typeof part === 'string' && tree.metric(part).subtracts,
    )
  )
}

function hasNoCeiling(having: Having | undefined): boolean {
  return [having?.count, having?.days, having?.sum, having?.unique].every((bound) => bound?.lt === undefined)
}

function windowed(window: string | undefined): boolean {
  return window !== undefined && window !== 'to-date'
}
