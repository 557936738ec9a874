import type { Point, QueryResult } from '@nsm/schema'

/** A place where two answers differ. */
export interface Difference {
  at: string
  expected: unknown
  actual: unknown
}

const CLOSE = 1e-9

/** Everything in which two answers to the same query differ; `null` is never 0, and an absent key is not a present one. */
export function differences(expected: QueryResult, actual: QueryResult): Difference[] {
  const found: Difference[] = []
  const same = (at: string, one: unknown, other: unknown) => {
    if (!isSame(one, other)) found.push({ at, expected: one, actual: other })
  }
  const compareSeries = (at: string, one: readonly Point[], other: readonly Point[]) => {
    same(`${at}.length`, one.length, other.length)
    for (const [i, point] of one.entries()) {
      const against = other[i]
      if (!against) return
      for (const key of ['period', 'start', 'end', 'value', 'state', 'numerator', 'denominator'] as const)
        same(`${at}[${point.period}].${key}`, instant(point[key]), instant(against[key]))
    }
  }

  for (const key of ['metric', 'kind', 'grain', 'timeZone'] as const) same(key, expected[key], actual[key])
  same('asOf', instant(expected.asOf), instant(actual.asOf))
  compareSeries('points', expected.points, actual.points)
  for (const value of new Set([...Object.keys(expected.segments ?? {}), ...Object.keys(actual.segments ?? {})])) {
    const [one = [], other = []] = [expected.segments?.[value], actual.segments?.[value]]
    compareSeries(`segments[${JSON.stringify(value)}]`, one, other)
  }
  const types = new Set([...Object.keys(expected.ignored ?? {}), ...Object.keys(actual.ignored ?? {})])
  for (const type of types) same(`ignored.${type}`, expected.ignored?.[type] ?? 0, actual.ignored?.[type] ?? 0)
  return found
}

function isSame(one: unknown, other: unknown): boolean {
  if (typeof one === 'number' && typeof other === 'number')
    return Math.abs(one - other) <= CLOSE * Math.max(Math.abs(one), Math.abs(other))
  return Object.is(one, other)
}

/** `…00Z` and `…00.000Z` are the same instant. */
function instant(value: unknown): unknown {
  return typeof value === 'string' && /T.*Z$/.test(value) ? Date.parse(value) : value
}
