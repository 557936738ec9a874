import type { Grain } from '@nsm/schema'
import { type Normal, neededPeriods, type Observation } from './normal.js'

type VerdictState = 'within' | 'above' | 'below' | 'shifted' | 'not_enough_history' | 'not_applicable'

export interface Verdict {
  state: VerdictState
  /** The first period of a shift. */
  since?: string
  /** Why there is no verdict, in one sentence. */
  why?: string
}

/** A rate of fewer than this many says more of chance than of the product. */
const MINIMUM_DENOMINATOR = 30

export interface VerdictInput {
  grain: Grain
  /** The complete periods that the band was drawn from. */
  series: readonly Observation[]
  normal: Normal | null
  /** Whether a window overlaps its neighbors. */
  rolling: boolean
  /** The last complete period's denominator, where the metric is a rate. */
  denominator?: number | null | undefined
}

/** Whether the last complete period is out of the ordinary, and if nothing can be said, why (Wheeler 1993). */
export function verdictOf({ grain, series, normal, rolling, denominator }: VerdictInput): Verdict {
  if (rolling) {
    return {
      state: 'not_applicable',
      why: 'Neighboring windows share days, so they cannot be held against natural limits.',
    }
  }
  if (denominator != null && denominator < MINIMUM_DENOMINATOR) {
    return {
      state: 'not_applicable',
      why: `The last complete period is a ratio over ${denominator}; a verdict needs at least ${MINIMUM_DENOMINATOR}.`,
    }
  }
  if (!normal) return whyNoBand(grain, series)
  const last = series.length - 1
  if (series[last]?.value == null) return { state: 'not_applicable', why: 'The last complete period has no value.' }
  if (normal.outside.includes(last)) return { state: (normal.sides[last] as number) > 0 ? 'above' : 'below' }
  const shift = startOfShift(normal)
  return shift === null ? { state: 'within' } : { state: 'shifted', since: (series[shift] as Observation).period }
}

/**
 * Where a shift that still lasts began: the first of the eight or more on one side, else of the three of four near a limit.
 * Null when the last observation is part of neither.
 */
function startOfShift({ sides, runs, near }: Normal): number | null {
  const last = sides.length - 1
  for (const [found, gap] of [
    [runs, 1],
    [near, 2],
  ] as const) {
    if (!found.includes(last)) continue
    // Two runs may touch on opposite sides, and one of four may be missing among those near a limit.
    return found.filter((i) => sides[i] === sides[last]).reduceRight((start, i) => (start - i <= gap ? i : start), last)
  }
  return null
}

function whyNoBand(grain: Grain, series: readonly Observation[]): Verdict {
  const known = series.filter(({ value }) => value !== null).length
  const needed = neededPeriods(grain)
  if (known < needed) {
    const why = `Only ${known} of the ${needed} complete ${grain}s with a value that a verdict needs.`
    return { state: 'not_enough_history', why }
  }
  if (series.some(({ value }, i) => value !== null && i > 0 && series[i - 1]?.value != null)) {
    return { state: 'not_applicable', why: 'The values are too large, or vary too much, for a normal band.' }
  }
  const why = 'No two neighboring periods have a value, so nothing is known of the usual change.'
  return { state: 'not_enough_history', why }
}
