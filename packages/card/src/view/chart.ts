import { html, nothing, svg } from 'lit'
import { chart, type Series } from '../summary/index.js'

export const percent = (share: number) => `${share}%`

const path = (part: string, d: string) =>
  d ? svg`<path part=${part} class=${part} d=${d} vector-effect="non-scaling-stroke" />` : nothing

/** The part that stretches: a 100 × 100 box at any size, with strokes of constant width. */
const lines = (paths: Record<string, string>) =>
  svg`<svg viewBox="0 0 100 100" preserveAspectRatio="none">${Object.entries(paths).map(([part, d]) => path(part, d))}</svg>`

/** A trend line small enough for a row of text. */
export function wordChart(series: Series) {
  const { line, partial } = chart(series)
  return html`<svg part="input-chart" class="word" aria-hidden="true">${lines({ line, partial })}</svg>`
}

/** The trend with its band, goal and running period. The label below names the period at the cursor. */
export function trendChart(series: Series, cursor: number) {
  const { line, partial, band, goal, dots, range } = chart(series)
  const { points } = series
  const last = dots.length - 1
  const dot = (index: number, part: string) => {
    const place = dots[index]
    return place && place.y !== null
      ? svg`<circle part=${part} class=${part} cx=${percent(place.x)} cy=${percent(place.y)} r="4" />`
      : nothing
  }
  const column = (part: string, x: number, top: number, bottom: number) =>
    svg`<line part=${part} class=${part} x1=${percent(x)} x2=${percent(x)} y1=${percent(top)} y2=${percent(bottom)} />`
  const text = (x: number, words: string | undefined, anchor: string, part = '') =>
    svg`<text part=${part} class=${part} x=${percent(x)} y="12" text-anchor=${anchor}>${words}</text>`
  const at = dots[cursor]
  const point = points[cursor]
  return html`<svg class="plot" aria-hidden="true">
      ${lines({ band, 'goal-line': goal, line, partial })}
      ${range ? column('range', range.x, range.top, range.bottom) : nothing}
      ${partial ? [dot(last - 1, 'dot'), dot(last, 'ring')] : dot(last, 'dot')}
      ${at ? [column('cursor', at.x, 0, 100), dot(cursor, 'at')] : nothing}
    </svg>
    <svg class="axis" aria-hidden="true">
      ${
        at && point
          ? text(at.x, `${point.tick} · ${point.text}`, at.x < 30 ? 'start' : at.x > 70 ? 'end' : 'middle', 'tooltip')
          : [text(0, points[0]?.tick, 'start'), text(100, points[last]?.tick, 'end')]
      }
    </svg>`
}
