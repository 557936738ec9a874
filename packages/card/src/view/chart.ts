import { html, nothing, svg } from 'lit'
import { chart, type Series, type SeriesPoint } from '../summary/index.js'

const percent = (share: number) => `${share}%`

/** The stretched part: its box is 100 × 100 whatever the size, and strokes keep their width. */
const stretched = (paths: unknown) => svg`<svg viewBox="0 0 100 100" preserveAspectRatio="none">${paths}</svg>`

const path = (part: string, d: string) =>
  d ? svg`<path part=${part} class=${part} d=${d} vector-effect="non-scaling-stroke" />` : nothing

/** A trend the size of a word. */
export function wordChart(series: Series) {
  const { line, partial } = chart(series)
  return html`<svg part="input-chart" class="word" aria-hidden="true">
    ${stretched([path('line', line), path('partial', partial)])}
  </svg>`
}

/** What the chart says of one period, for the eye and for the ear. */
export const readout = (point: SeriesPoint, extra: string) =>
  [point.name, point.text, extra].filter(Boolean).join(' · ')

/** The trend with its band, goal and running period; the period under the cursor is named below it. */
export function trendChart(series: Series, cursor: number | null) {
  const { line, partial, band, goal, dots, range } = chart(series)
  const { points } = series
  const last = dots.length - 1
  const running = points[last]?.partial
  const dot = (index: number, part: string) => {
    const place = dots[index]
    return place && place.y !== null
      ? svg`<circle part=${part} class=${part} cx=${percent(place.x)} cy=${percent(place.y)} r="4" />`
      : nothing
  }
  const at = cursor === null ? undefined : dots[cursor]
  const x = percent(at?.x ?? 0)
  const point = cursor === null ? undefined : points[cursor]
  return html`<svg class="plot" aria-hidden="true">
      ${stretched([path('band', band), path('goal-line', goal), path('line', line), path('partial', partial)])}
      ${
        range
          ? svg`<line class="range" x1=${percent(range.x)} x2=${percent(range.x)} y1=${percent(range.top)} y2=${percent(range.bottom)} />`
          : nothing
      }
      ${dot(running ? last - 1 : last, 'dot')} ${running ? dot(last, 'ring') : nothing}
      ${at ? svg`<line part="cursor" class="cursor" x1=${x} x2=${x} y1="0" y2="100%" />` : nothing}
      ${cursor === null ? nothing : dot(cursor, 'at')}
    </svg>
    <svg class="axis" aria-hidden="true">
      ${
        point && at
          ? svg`<text part="tooltip" class="tip" x=${x} y="12" text-anchor=${at.x < 30 ? 'start' : at.x > 70 ? 'end' : 'middle'}>${point.tick} <tspan class="strong">${point.text}</tspan></text>`
          : svg`<text x="0" y="12">${points[0]?.tick}</text><text x="100%" y="12" text-anchor="end">${points[last]?.tick}</text>`
      }
    </svg>`
}
