import type { Series } from './summary.js'

/** Positions in percent of the chart's width and height, so that no element has to be measured. */
export interface Chart {
  /** The line through the complete periods, with gaps at undefined values. */
  line: string
  /** The running period's line, from the last complete value to the current or projected one. Can be empty. */
  partial: string
  /** The normal band as a closed path. Can be empty. */
  band: string
  /** The goal line. Can be empty. */
  goal: string
  /** Each period's point; `y` is null if its value is undefined. The running period's is the end of the dashed line. */
  dots: { x: number; y: number | null }[]
  /** The projection's range at the last period. */
  range: { x: number; top: number; bottom: number } | null
}

const round = (value: number) => Math.round(value * 100) / 100

/** Joins points into a path, with a new subpath after each gap. */
function path(places: { x: number; y: number | null }[]): string {
  let gap = true
  let d = ''
  for (const { x, y } of places) {
    // A zero-length stroke shows a single value between gaps as a dot.
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
  // Center a flat line vertically.
  const y = (value: number) => round(span > 0 ? 100 - ((value - low) / span) * 100 : 50)
  const place = (value: number | null, index: number) => ({ x: x(index), y: value === null ? null : y(value) })

  const dots = ends.map(place)
  // A conversion can have several running periods.
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
