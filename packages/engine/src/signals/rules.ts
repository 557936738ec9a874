import { mean } from './statistics.js'

/** The lines a value is held against. A trend's lines move with the period. */
export interface Lines {
  lower: number
  centre: number
  upper: number
}

type Values = readonly (number | null)[]

/** The first eight on one side of the centre are chance once in 128 (Wheeler 1993). */
const RUN_LENGTH = 8

/** Indices of values beyond a limit. A value equal to the limit is no signal (Wheeler, *Making Sense of Data*, table 9.2). */
export function outsideLimits(values: Values, lines: Pick<Lines, 'lower' | 'upper'>): number[] {
  return indices(values, (value) => value < lines.lower || value > lines.upper)
}

/**
 * Indices of all values in runs of at least eight on one side of the centre.
 * A value on the centre, or a missing one, ends a run.
 */
export function runsOnOneSide(values: Values, { centre }: Pick<Lines, 'centre'>): number[] {
  const sides = values.map((value) => (value === null ? 0 : Math.sign(value - centre)))
  const found: number[] = []
  let start = 0
  for (let i = 0; i <= sides.length; i++) {
    if (i < sides.length && sides[i] === sides[start] && sides[i] !== 0) continue
    if (i - start >= RUN_LENGTH) for (let k = start; k < i; k++) found.push(k)
    start = sides[i] === 0 ? i + 1 : i
  }
  return found
}

/**
 * Indices of values that, with two others among four in a row, lie nearer the same limit than the centre (Wheeler 1993).
 * A missing value counts as one of the four that does not.
 */
export function nearALimit(values: Values, { lower, centre, upper }: Lines): number[] {
  const [low, high] = [mean([centre, lower]), mean([centre, upper])]
  const near = values.map((value) => {
    if (value === null) return 0
    if (value > high) return 1
    return value < low ? -1 : 0
  })
  const found = new Set<number>()
  for (let end = 3; end < near.length; end++) {
    for (const side of [1, -1]) {
      const members = [end - 3, end - 2, end - 1, end].filter((i) => near[i] === side)
      if (members.length >= 3) for (const i of members) found.add(i)
    }
  }
  return [...found].sort((a, b) => a - b)
}

function indices(values: Values, holds: (value: number) => boolean): number[] {
  return values.flatMap((value, i) => (value !== null && holds(value) ? [i] : []))
}
