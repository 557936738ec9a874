import type { Grain } from '@nsm/schema'
import { nearALimit, outsideLimits, runsOnOneSide } from './rules.js'
import { mean, median, theilSen } from './statistics.js'
import { naturalLimits } from './xmr.js'

/** A complete period's value; `null` where it is undefined. */
export interface Observation {
  /** The local date on which the period starts. */
  period: string
  value: number | null
}

export interface Normal {
  method: 'raw' | 'log_trend'
  /** The band by period, in the metric's unit, clipped to what the metric can be. */
  points: { period: string; lower: number; centre: number; upper: number }[]
  /** By observation: on which side of the centre it lies, 1 above and -1 below; 0 on it or unknown. */
  sides: number[]
  /** Indices into the observations of what the detection rules found. */
  outside: number[]
  runs: number[]
  near: number[]
}

export interface NormalOptions {
  grain: Grain
  /** What the metric can be at least and at most; the band is clipped to it. */
  bounds: { min?: number; max?: number }
}

/** Under this many complete periods with a value there is no band. */
const MINIMUM_PERIODS = 12
/** A weekday's factor needs as many of that weekday, or it would explain every day away. */
const MINIMUM_WEEKS = 3

/** How many complete periods with a value a band needs. */
export function neededPeriods(grain: Grain): number {
  return grain === 'day' ? MINIMUM_WEEKS * 7 : MINIMUM_PERIODS
}

/**
 * The normal band of a series of complete periods, and which of them are signals (XmR, Wheeler 1993).
 *
 * A series that is always positive is taken as growth: limits are drawn on the residuals of a log-linear trend
 * (Theil–Sen, so that a signal does not bend the trend it is held against). One with zeros or negatives is taken as it is.
 * At day grain each weekday's usual difference is removed before. Null where there is not enough history, and where a limit
 * is too large for a number.
 */
export function normalBand(series: readonly Observation[], { grain, bounds }: NormalOptions): Normal | null {
  const known = series.flatMap(({ value }) => (value === null ? [] : [value]))
  if (known.length < neededPeriods(grain)) return null
  const logarithmic = known.every((value) => value > 0)
  const scaled = series.map(({ value }) => (value === null ? null : logarithmic ? Math.log(value) : value))
  const weekday = grain === 'day' ? weekdayEffects(series, scaled, logarithmic) : () => 0
  const adjusted = scaled.map((value, i) => (value === null ? null : value - weekday(i)))
  const trend = logarithmic ? trendOf(adjusted) : () => 0
  const size = Math.max(1, ...adjusted.map((value) => Math.abs(value ?? 0)))
  const residuals = adjusted.map((value, i) => (value === null ? null : withoutNoise(value - trend(i), size)))
  const limits = naturalLimits(residuals)
  if (!limits) return null
  const back = (value: number, i: number) => {
    const scaledBack = value + trend(i) + weekday(i)
    return clip(logarithmic ? Math.exp(scaledBack) : scaledBack, bounds)
  }
  const points = series.map(({ period }, i) => ({
    period,
    lower: back(limits.lower, i),
    centre: back(limits.centre, i),
    upper: back(limits.upper, i),
  }))
  if (!points.every(({ lower, centre, upper }) => [lower, centre, upper].every(Number.isFinite))) return null
  return {
    method: logarithmic ? 'log_trend' : 'raw',
    points,
    sides: residuals.map((value) => (value === null ? 0 : Math.sign(value - limits.centre))),
    outside: outsideLimits(residuals, limits),
    runs: runsOnOneSide(residuals, limits),
    near: nearALimit(residuals, limits),
  }
}

/** How far each weekday usually lies from the trend, adding up to nothing over a week. */
function weekdayEffects(
  series: readonly Observation[],
  scaled: readonly (number | null)[],
  detrend: boolean,
): (index: number) => number {
  const known = scaled.flatMap((value, i) => (value === null ? [] : [{ value, i }]))
  const middle = median(known.map(({ value }) => value))
  const line = detrend ? trendOf(scaled) : () => middle
  const byDay = new Map<number, number[]>()
  for (const { value, i } of known) {
    const day = weekdayOf((series[i] as Observation).period)
    byDay.set(day, [...(byDay.get(day) ?? []), value - line(i)])
  }
  const usual = new Map([...byDay].map(([day, residuals]) => [day, median(residuals)]))
  const shared = mean([...usual.values()])
  return (i) => (usual.get(weekdayOf((series[i] as Observation).period)) ?? shared) - shared
}

function trendOf(values: readonly (number | null)[]): (index: number) => number {
  const line = theilSen(values.flatMap((value, i) => (value === null ? [] : [[i, value] as const])))
  return line ? (i) => line.intercept + line.slope * i : () => 0
}

function weekdayOf(localDate: string): number {
  return new Date(`${localDate}T00:00:00Z`).getUTCDay()
}

/** Rounding noise of a perfectly regular series would otherwise be its variation, and any of it a signal. */
function withoutNoise(residual: number, size: number): number {
  return Math.abs(residual) < size * 1e-12 ? 0 : residual
}

function clip(value: number, { min = -Infinity, max = Infinity }: NormalOptions['bounds']): number {
  return Math.min(max, Math.max(min, value))
}
