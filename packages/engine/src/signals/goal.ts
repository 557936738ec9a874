import { finite } from '../finite.js'

export type Path = 'linear' | 'compound'

/**
 * A goal's value: the number itself, or a change such as `+20%` of the baseline. Null where that is too large for a number.
 */
export function resolveTarget(target: number | string, baseline: number): number | null {
  return finite(typeof target === 'number' ? target : baseline * (1 + Number.parseFloat(target) / 100))
}

/**
 * Where a path from baseline to target is after a fraction (0..1) of its time. Growth cannot be compounded through zero,
 * so such a path is linear.
 */
export function expectedAt(path: Path, baseline: number, target: number, fraction: number): number {
  if (path === 'compound' && Math.sign(target) * Math.sign(baseline) > 0) {
    // The ratio may be too large for a number, or too small, where every point of the path is not.
    const growth = (Math.log(Math.abs(target)) - Math.log(Math.abs(baseline))) * fraction
    const ratio = target / baseline
    const point = isNormal(ratio)
      ? baseline * ratio ** fraction
      : baseline * Math.exp(growth / 2) * Math.exp(growth / 2)
    return Math.min(Math.max(point, Math.min(baseline, target)), Math.max(baseline, target))
  }
  const distance = target - baseline
  return Number.isFinite(distance) ? baseline + distance * fraction : baseline * (1 - fraction) + target * fraction
}

/** Whether a ratio has all its digits. */
function isNormal(ratio: number): boolean {
  return ratio >= SMALLEST_NORMAL && Number.isFinite(ratio)
}

const SMALLEST_NORMAL = 2 ** -1022

/** (current − baseline) / (target − baseline); null where the target is the baseline, or the result is too large. */
export function progressTo(current: number, baseline: number, target: number): number | null {
  const way = target - baseline
  return way === 0 || !Number.isFinite(way) ? null : finite((current - baseline) / way)
}

/**
 * Growth per period that still leads to the target, as a ratio of the size of the value, so that its sign is the way it
 * has to go. Null with no period left, across zero, or where it is too large for a number.
 */
export function requiredGrowth(current: number, target: number, periodsLeft: number): number | null {
  if (periodsLeft <= 0 || Math.sign(target) * Math.sign(current) <= 0) return null
  return finite(Math.sign(current) * ((target / current) ** (1 / periodsLeft) - 1))
}

export type Pace = 'ahead' | 'on_track' | 'behind'

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
  if (current === expected || (band && band.lower <= expected && expected <= band.upper)) return 'on_track'
  return current > expected === target >= baseline ? 'ahead' : 'behind'
}
