import type { Point } from '@nsm/schema'

/** One metric's values, as the store gave them. */
export interface Series {
  /** The report's periods in order, the running one last. */
  points: Point[]
  /** Values of periods outside the report's own: a year before, a goal's baseline. */
  others: ReadonlyMap<string, number | null>
}

/** The index of the last period that has all it needs; -1 where none has. */
export function lastComplete({ points }: Pick<Series, 'points'>): number {
  return points.findLastIndex(({ state }) => state !== 'open')
}

/** The value of a period by its id; undefined when it was not asked for. */
export function valueIn({ points, others }: Series, period: string): number | null | undefined {
  const point = points.find((candidate) => candidate.period === period)
  return point ? point.value : others.get(period)
}
