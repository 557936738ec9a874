/** The arithmetic mean. @throws RangeError for no values. */
export function mean(values: readonly number[]): number {
  needOne(values)
  return values.reduce((total, value) => total + value, 0) / values.length
}

/** The middle value, or the mean of the two middle ones. @throws RangeError for no values. */
export function median(values: readonly number[]): number {
  needOne(values)
  const sorted = Float64Array.from(values).sort()
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}

/** A straight line through points. */
export interface Line {
  slope: number
  intercept: number
}

/**
 * The Theil–Sen line (Sen 1968): the median slope of all pairs, through the median residual. One wild period in four
 * does not move it, so an outlier cannot hide by dragging the trend along.
 *
 * @param points `[x, y]` with distinct x. Null for fewer than two.
 */
export function theilSen(points: readonly (readonly [number, number])[]): Line | null {
  if (points.length < 2) return null
  const slopes: number[] = []
  points.forEach(([x1, y1], i) => {
    for (const [x2, y2] of points.slice(i + 1)) slopes.push((y2 - y1) / (x2 - x1))
  })
  const slope = median(slopes)
  return { slope, intercept: median(points.map(([x, y]) => y - slope * x)) }
}

function needOne(values: readonly number[]): void {
  if (values.length === 0) throw new RangeError('No values.')
}
