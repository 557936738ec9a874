import type { Series } from './summary.js'

/** Where things are, in percent of the chart's width and height: no element needs to be measured. */
export interface Chart {
  /** Subpaths of the complete periods, broken where a value is undefined. */
  line: string
  /** The running period: from the last complete value to where it stands or may end. Empty without one. */
  partial: string
  /** The normal band as a closed shape. Empty without one. */
  band: string
  /** The goal's path. Empty without one. */
  goal: string
  /** By period: its place, `y` null where undefined. The running period's is where the dashed line ends. */
  dots: { x: number; y: number | null }[]
  /** The projection's range at the last period. */
  range: { x: number; top: number; bottom: number } | null
}

const round = (value: number) => Math.round(value * 100) / 100

/** Joins places to a path, starting anew after a gap. */
function path(places: { x: number; y: number | null }[]): string {
  let gap = true
  let d = ''
  for (const { x, y } of places) {
    // The empty stroke shows a value alone between two gaps as a dot.
    if (y !== null) d += gap ? `M${x} ${y}h0` : `L${x} ${y}`
    gap = y === null
  }
  return d
}

/** Lays a series out in a box of 100 × 100, the y axis pointing down. */
export function chart({ points, projection }: Series): Chart {
  const ends = points.map((point) => (point.partial && projection ? projection.value : point.value))
  const all = [
    ...ends,
    ...points.flatMap(({ band, goal }) => (band ? [band.lower, band.upper, goal] : [goal])),
    ...(projection ? [projection.lower, projection.upper] : []),
  ].filter((value) => value !== null)
  const low = Math.min(...all)
  const span = Math.max(...all) - low
  const x = (index: number) => round(points.length > 1 ? (index / (points.length - 1)) * 100 : 50)
  // A flat line stands in the middle.
  const y = (value: number) => round(span > 0 ? 100 - ((value - low) / span) * 100 : 50)
  const place = (value: number | null, index: number) => ({ x: x(index), y: value === null ? null : y(value) })

  const dots = ends.map(place)
  // A conversion may have several periods that still run.
  const open = points.findIndex((point) => point.partial)
  const complete = open < 0 ? points.length : open
  const band = points.flatMap((point, index) => (point.band ? [{ index, ...point.band }] : []))
  const edge = band.map(({ index, upper }) => place(upper, index))
  const back = band.map(({ index, lower }) => place(lower, index)).reverse()
  return {
    line: path(dots.slice(0, complete)),
    partial: open > 0 ? path(dots.slice(open - 1)) : '',
    band: band.length > 1 ? `${path([...edge, ...back])}Z` : '',
    goal: path(points.map((point, index) => place(point.goal, index))),
    dots,
    range: projection ? { x: x(points.length - 1), top: y(projection.upper), bottom: y(projection.lower) } : null,
  }
}
