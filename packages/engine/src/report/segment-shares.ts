import { changeOf, type Kind, type MetricReport, type Point } from '@nsm/schema'
import { finite } from '../finite.js'
import { type Halves, mixAndRate } from '../signals/mix-rate.js'

type Shares = NonNullable<MetricReport['segmentShares']>

const ADDED_UP: readonly Kind[] = ['count', 'sum', 'unique', 'stock']

/**
 * How segments share a metric's change between two periods: each its own change where values add up, and mix and rate
 * where the metric is a numerator over a denominator (Kitagawa 1955). Entities that are in several segments, or moved between them,
 * are counted in each, and what that makes is the overlap. Null for averages, which segments do not share, and where a
 * share is too large for a number.
 *
 * @param whole the points of the two periods, the earlier first
 * @param segments each segment's points, in which the two periods are found by their ids
 */
export function segmentShares(
  kind: Kind,
  [before, after]: readonly [Point, Point],
  segments: Readonly<Record<string, readonly Point[]>>,
): Shares | null {
  const { absolute } = changeOf(before.value, after.value)
  if (absolute === null) return null
  const found = Object.entries(segments).map(([segment, points]) => ({
    segment,
    before: points.find(({ period }) => period === before.period),
    after: points.find(({ period }) => period === after.period),
  }))
  const shares: Shares['shares'] = []
  if (ADDED_UP.includes(kind)) {
    for (const { segment, ...points } of found) {
      // Nothing of the segment yet is nothing of it.
      const [old, now] = [points.before?.value ?? 0, points.after?.value ?? 0]
      shares.push({ segment, change: changeOf(old, now), contribution: now - old })
    }
  } else {
    const halves = (side: 'before' | 'after') =>
      new Map(found.map(({ segment, [side]: point }) => [segment, halvesOf(point)]))
    if (!isRate(before) || !isRate(after)) return null
    const split = mixAndRate(halves('before'), halves('after'))
    if (!split) return null
    for (const { segment, ...points } of found) {
      const { mix, rate } = split.get(segment) ?? { mix: 0, rate: 0 }
      const change = changeOf(points.before?.value ?? null, points.after?.value ?? null)
      shares.push({ segment, change, contribution: mix + rate, mix, rate })
    }
  }
  const shared = shares.reduce((sum, { contribution }) => sum + contribution, 0)
  const overlap = finite(absolute - shared)
  return overlap === null ? null : { shares, overlap }
}

function halvesOf(point: Point | undefined): Halves {
  return { numerator: point?.numerator ?? 0, denominator: point?.denominator ?? 0 }
}

/** Conversions can also be counted or timed, and have their halves all the same. */
function isRate({ value, numerator, denominator }: Point): boolean {
  return (
    value !== null && numerator != null && denominator != null && denominator !== 0 && value === numerator / denominator
  )
}
