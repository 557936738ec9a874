import { expect, it } from 'vitest'
import { empty, guardrailBreached, monthlyRatio, teamChat } from '../fixtures/reports.js'
import { summarise } from './summarise.js'
import { toSVG } from './svg.js'

const parse = (svg: string) => new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement

it('shows the card’s texts', () => {
  const image = parse(toSVG(summarise(guardrailBreached())))
  for (const words of [
    '1,604',
    '▲ +3.1% vs. the same point last week',
    'Up, but Reports per message at 0.13% last week (limit 0.1%).',
  ]) {
    expect(image.textContent).toContain(words)
  }
  expect(image.getAttribute('aria-label')).toContain('Reports per message at 0.13% last week (limit 0.1%)')
})

it('needs no style sheet and no script', () => {
  for (const report of [teamChat(), monthlyRatio(), empty()]) {
    const svg = toSVG(summarise(report), { theme: 'dark', width: 320 })
    expect(svg).not.toMatch(/style=|<style|<script|NaN|undefined|Infinity/)
  }
})

it('escapes titles and shortens those that do not fit', () => {
  const svg = toSVG(summarise(teamChat(), undefined, { label: `<script>"&" ${'long '.repeat(40)}` }))
  expect(svg).toContain('&lt;script&gt;&quot;&amp;&quot;')
  expect(svg).toContain('…</text>')
})
