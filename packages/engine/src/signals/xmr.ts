import { mean, median } from './statistics.js'

/** Which average stands for the centre, and which for the moving range. */
export interface LimitOptions {
  centre: 'mean' | 'median'
  range: 'mean' | 'median'
}

/**
 * From an average moving range to limits (Wheeler 1993, *Understanding Variation*; *Making Sense of Data* tables):
 * natural process limits lie this many average ranges from the centre, and no single range should exceed the second.
 */
export const SCALING = {
  mean: { npl: 2.66, url: 3.268 },
  median: { npl: 3.145, url: 3.865 },
} as const

/** An XmR chart's limits, in the unit of the values. */
export interface NaturalLimits {
  centre: number
  /** The average moving range. */
  range: number
  /** Lower and upper natural process limit, unclipped. */
  lower: number
  upper: number
  /** The upper limit of a single moving range. */
  rangeLimit: number
  /** The distance of each value from the one before; `null` where either is missing. */
  ranges: (number | null)[]
}

/**
 * The natural process limits of a series (XmR chart, Wheeler 1993).
 *
 * A missing value (`null`) breaks the moving range: the values on its two sides are not compared.
 * Null when no two neighbors are known, because then nothing is known of the variation, and when a limit is too large for
 * a number.
 */
export function naturalLimits(
  values: readonly (number | null)[],
  { centre: centreBy, range: rangeBy }: LimitOptions = { centre: 'mean', range: 'mean' },
): NaturalLimits | null {
  const ranges = values.map((value, i) => {
    const before = i === 0 ? null : (values[i - 1] ?? null)
    return value === null || before === null ? null : Math.abs(value - before)
  })
  const known = ranges.filter((range) => range !== null)
  if (known.length === 0) return null
  const present = values.filter((value) => value !== null)
  const centre = centreBy === 'mean' ? mean(present) : median(present)
  const range = rangeBy === 'mean' ? mean(known) : median(known)
  const { npl, url } = SCALING[rangeBy]
  const limits = { centre, range, lower: centre - npl * range, upper: centre + npl * range, rangeLimit: url * range }
  return Object.values(limits).every(Number.isFinite) ? { ...limits, ranges } : null
}
