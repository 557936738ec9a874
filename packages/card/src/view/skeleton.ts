import { html, nothing } from 'lit'

const bone = (size: string) => html`<span part="skeleton" class="bone ${size}">&nbsp;</span>`

/** What will stand here, in its final size, so that nothing moves when the number arrives. */
export function skeleton(density: string, wants: Set<string>) {
  if (density === 'inline') return html`<p class="figure"><span part="value">${bone('short')}</span></p>`
  const full = density === 'full'
  const rows = (count: number) =>
    html`<section><div class="title">${bone('short')}</div><ul>${Array.from({ length: count }, () => html`<li class="row">${bone('wide')}</li>`)}</ul></section>`
  return html`<header part="header"><h2 part="label">${bone('long')}</h2></header>
    <div class="head">
      <p class="period">${bone('short')}</p>
      <p class="figure"><span part="value">${bone('short')}</span></p>
      <p part="delta">${bone('long')}</p>
      ${full ? html`<p part="verdict">${bone('short')}</p>` : nothing}
    </div>
    ${wants.has('trend') ? html`<div class="chart"><div part="skeleton" class="bone plot"></div><div class="axis"></div></div>` : nothing}
    ${full && wants.has('inputs') ? rows(3) : nothing} ${full && wants.has('guardrails') ? rows(1) : nothing}
    ${full ? html`<footer part="footer">${bone('short')}</footer>` : nothing}`
}
