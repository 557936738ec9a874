/** One segment's halves of a rate. */
export interface Halves {
  numerator: number
  denominator: number
}

export interface MixRate {
  /** The part of the change that came from the segment's weight in the whole. */
  mix: number
  /** The part that came from the segment's own rate. */
  rate: number
}

/**
 * Splits the change of a rate over segments into mix and rate (Kitagawa 1955, *Components of a Difference Between Two
 * Rates*, JASA 50): with w a segment's share of the denominator, r its rate and R the whole's,
 * `mix = Δw · (mean r − mean R)` and `rate = mean w · Δr`. Means are of before and after, so that the two add up to the
 * change and swapping flips every sign. Measuring mix from the whole's rate gives a segment credit for growing only when it
 * is better than the rest; as shares add up to 1, the sum is unchanged.
 *
 * A segment that is empty on one side is taken at the rate it has on the other: its coming or going is all mix.
 * Null when the whole is empty on either side, or a result is too large for a number.
 */
export function mixAndRate(
  before: ReadonlyMap<string, Halves>,
  after: ReadonlyMap<string, Halves>,
): Map<string, MixRate> | null {
  const whole = [total(before), total(after)] as const
  if (whole[0].denominator === 0 || whole[1].denominator === 0) return null
  // A sum that overflowed would pass for a segment without weight.
  if (!whole.every(({ numerator, denominator }) => Number.isFinite(numerator) && Number.isFinite(denominator)))
    return null
  const overall = (whole[0].numerator / whole[0].denominator + whole[1].numerator / whole[1].denominator) / 2
  const result = new Map<string, MixRate>()
  for (const segment of new Set([...before.keys(), ...after.keys()])) {
    const [old, now] = [before.get(segment) ?? NOBODY, after.get(segment) ?? NOBODY]
    const share = [old.denominator / whole[0].denominator, now.denominator / whole[1].denominator] as const
    const rateAfter = now.denominator === 0 ? rateOf(old) : rateOf(now)
    const rateBefore = old.denominator === 0 ? rateAfter : rateOf(old)
    const mix = (share[1] - share[0]) * ((rateBefore + rateAfter) / 2 - overall)
    const rate = ((share[0] + share[1]) / 2) * (rateAfter - rateBefore)
    if (!Number.isFinite(mix + rate)) return null
    result.set(segment, { mix, rate })
  }
  return result
}

const NOBODY: Halves = { numerator: 0, denominator: 0 }

function rateOf({ numerator, denominator }: Halves): number {
  return denominator === 0 ? 0 : numerator / denominator
}

function total(segments: ReadonlyMap<string, Halves>): Halves {
  let sum = NOBODY
  for (const { numerator, denominator } of segments.values())
    sum = { numerator: sum.numerator + numerator, denominator: sum.denominator + denominator }
  return sum
}
