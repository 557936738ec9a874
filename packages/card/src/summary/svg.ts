import { chart } from './chart.js'
import type { Summary } from './summary.js'

export interface SvgOptions {
  /** In pixels; default 480. */
  width?: number
  /** Must be set, since an image can't read its page's color scheme; default light. */
  theme?: 'light' | 'dark'
}

// The card's colors.
const COLORS = {
  light: {
    text: '#14171f',
    muted: '#5b6472',
    surface: '#ffffff',
    border: '#e4e7ec',
    line: '#3559d6',
    band: '#eef1f8',
    good: '#0b7a4b',
    bad: '#c22f2a',
    warn: '#8a5a00',
  },
  dark: {
    text: '#eceef3',
    muted: '#9ba4b3',
    surface: '#15181e',
    border: '#2b303a',
    line: '#8aa5ff',
    band: '#1f2430',
    good: '#4cc38a',
    bad: '#ff8a80',
    warn: '#e6b656',
  },
}
const ARROWS = { up: '▲', down: '▼', level: '■' }
const FONT = "system-ui,-apple-system,'Segoe UI',Roboto,sans-serif"
const PAD = 20
const CHART_TOP = 152
const CHART_HEIGHT = 96
const HEIGHT = 304

const escapeXml = (text: string) =>
  text.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign] ?? sign)

/**
 * A summary as an image, for email, chat and READMEs, where HTML isn't possible. It has no style sheet, script or font
 * file; colors are attributes. Text that is too wide ends with an ellipsis.
 */
export function toSVG(summary: Summary, { width = 480, theme = 'light' }: SvgOptions = {}): string {
  const color = COLORS[theme]
  const { value, delta, verdict, series } = summary
  const { line, partial, band, goal, dots } = chart(series)
  const inner = width - 2 * PAD

  // There is no font to measure. On average, a letter is a little over half as wide as it is tall.
  const fit = (text: string, size: number, room = inner) => {
    const most = Math.floor(room / (size * 0.56))
    return escapeXml(text.length > most ? `${text.slice(0, most - 1).trimEnd()}…` : text)
  }
  const text = (y: number, size: number, fill: string, words: string, rest = '') =>
    `<text x="${PAD}" y="${y}" font-size="${size}" fill="${fill}"${rest}>${words}</text>`
  const path = (d: string, stroke: string, rest = '') =>
    d &&
    `<path d="${d}" fill="none" stroke="${stroke}" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" vector-effect="non-scaling-stroke"${rest}/>`
  const x = (share: number) => Math.round((PAD + (share / 100) * inner) * 10) / 10
  const y = (share: number) => Math.round((CHART_TOP + (share / 100) * CHART_HEIGHT) * 10) / 10
  const dot = (index: number, fill: string, stroke: string) => {
    const place = dots[index]
    return place && place.y !== null
      ? `<circle cx="${x(place.x)}" cy="${y(place.y)}" r="4" fill="${fill}" stroke="${stroke}" stroke-width="2"/>`
      : ''
  }
  const last = dots.length - 1
  const noun =
    value.noun && `<tspan font-size="15" font-weight="400" fill="${color.muted}"> ${escapeXml(value.noun)}</tspan>`
  const change = delta && [delta.against && ARROWS[delta.course], delta.text, delta.against].filter(Boolean).join(' ')
  const bold = ' font-weight="600"'
  const parts = [
    `<rect x="0.5" y="0.5" width="${width - 1}" height="${HEIGHT - 1}" rx="14" fill="${color.surface}" stroke="${color.border}"/>`,
    text(34, 14, color.text, fit(summary.title, 14), bold),
    text(54, 13, color.muted, fit(summary.period, 13)),
    text(96, 40, color.text, `${escapeXml(value.text)}${noun}`, `${bold} letter-spacing="-1"`),
    change && text(119, 13, color.text, fit(change, 13)),
    verdict &&
      text(
        139,
        13,
        verdict.tone === 'neutral' ? color.muted : color[verdict.tone],
        fit(verdict.text, 13),
        verdict.tone === 'neutral' ? '' : bold,
      ),
    series.points.length > 1 &&
      `<svg x="${PAD}" y="${CHART_TOP}" width="${inner}" height="${CHART_HEIGHT}" viewBox="0 0 100 100" preserveAspectRatio="none" overflow="visible">${
        band && `<path d="${band}" fill="${color.band}"/>`
      }${path(goal, color.muted, ' stroke-dasharray="5 5" opacity="0.7"')}${path(line, color.line)}${path(
        partial,
        color.line,
        ' stroke-dasharray="1 4"',
      )}</svg>`,
    partial ? dot(last - 1, color.line, color.surface) : dot(last, color.line, color.surface),
    partial && dot(last, color.surface, color.line),
    text(272, 11, color.muted, escapeXml(series.points[0]?.tick ?? '')),
    `<text x="${width - PAD}" y="272" font-size="11" fill="${color.muted}" text-anchor="end">${escapeXml(series.points[last]?.tick ?? '')}</text>`,
    text(291, 11, color.muted, fit(summary.asOfText, 11)),
  ]
  const says = [summary.title, `${value.text} ${value.noun}`.trim(), change, verdict?.text].filter(Boolean).join('. ')
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${HEIGHT}" viewBox="0 0 ${width} ${HEIGHT}" role="img" aria-label="${escapeXml(says)}" font-family="${FONT}">${parts.filter(Boolean).join('')}</svg>`
}
