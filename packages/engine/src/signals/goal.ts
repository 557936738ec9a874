export type Path = 'linear' | 'compound'

/** A goal's value: the number itself, or a change such as `+20%` of the baseline. */
export function resolveTarget(target: number | string, baseline: number): number {
  return typeof target === 'number' ? target : baseline * (1 + Number.parseFloat(target) / 100)
}

/**
 * Where a path from baseline to target is after a fraction (0..1) of its time. Growth cannot be compounded through zero,
 * so such a path is linear.
 */
export function expectedAt(path: Path, baseline: number, target: number, fraction: number): number {
  return path === 'compound' && target * baseline > 0
    ? baseline * (target / baseline) ** fraction
    : baseline + (target - baseline) * fraction
}

/** (current − baseline) / (target − baseline); null where the target is the baseline. */
export function progressTo(current: number, baseline: number, target: number): number | null {
  return target === baseline ? null : (current - baseline) / (target - baseline)
}

/**
 * Growth per period that still leads to the target, as a ratio of the size of the value, so that its sign is the way it
 * has to go. Null with no period left, or across zero.
 */
export function requiredGrowth(current: number, target: number, periodsLeft: number): number | null {
  if (periodsLeft <= 0 || target * current <= 0) return null
  return Math.sign(current) * ((target / current) ** (1 / periodsLeft) - 1)
}

export type Pace = 'ahead' | 'on' | 'behind'

export interface PaceInput {
  current: number
  expected: number
  baseline: number
  target: number
  /** The normal band at the current period. */
  band: { lower: number; upper: number } | null
}

/** `on` when the path lies in the normal band: the distance from it is then no more than the usual variation. */
export function paceOf({ current, expected, baseline, target, band }: PaceInput): Pace {
  if (current === expected || (band && band.lower <= expected && expected <= band.upper)) return 'on'
  return current > expected === target >= baseline ? 'ahead' : 'behind'
}
