/** The arithmetic mean, also where the sum is too large for a number. @throws RangeError for no values. */
export function mean(values: readonly number[]): number {
  needOne(values)
  const average = values.reduce((total, value) => total + value, 0) / values.length
  if (Number.isFinite(average)) return average
  return values.reduce((total, value) => total + value / values.length, 0)
}

/** The middle value, or the mean of the two middle ones. @throws RangeError for no values. */
export function median(values: readonly number[]): number {
  needOne(values)
  const sorted = Float64Array.from(values).sort()
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : mean([sorted[middle - 1] as number, sorted[middle] as number])
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
 * @param points `[x, y]` with distinct x. Null for fewer than two, and where the line is too steep for a number.
 */
export function theilSen(points: readonly (readonly [number, number])[]): Line | null {
  if (points.length < 2) return null
  const slopes: number[] = []
  points.forEach(([x1, y1], i) => {
    for (const [x2, y2] of points.slice(i + 1)) slopes.push((y2 - y1) / (x2 - x1))
  })
  const slope = median(slopes)
  const intercept = median(points.map(([x, y]) => y - slope * x))
  return Number.isFinite(slope) && Number.isFinite(intercept) ? { slope, intercept } : null
}

function needOne(values: readonly number[]): void {
  if (values.length === 0) throw new RangeError('No values.')
}
