import { html, nothing } from 'lit'

const bone = (size = '') => html`<span part="skeleton" class="bone ${size}">&nbsp;</span>`

/** Placeholders in their final size, so that nothing moves when the number arrives. */
export function skeleton(density: string, wants: (section: string) => boolean, label: string | undefined) {
  const full = density === 'full'
  const rows = (count: number) =>
    html`<section>${bone('short')}<ul>${Array.from({ length: count }, () => html`<li>${bone()}</li>`)}</ul></section>`
  return html`${label && density !== 'inline' ? html`<h2 id="label">${label}</h2>` : html`<p class="title">${bone()}</p>`}
    <div class="head">
      <p>${bone('short')}</p>
      <p class="figure"><span class="value">${bone('short')}</span></p>
      <p>${bone()}</p>
      <p>${bone('short')}</p>
    </div>
    ${wants('trend') ? html`<div class="chart"><div part="skeleton" class="bone plot"></div><div class="axis"></div></div>` : nothing}
    ${
      full
        ? html`<div class="sides">${wants('inputs') ? rows(3) : nothing} ${wants('guardrails') ? rows(1) : nothing}</div>
            <footer>${bone('short')}</footer>`
        : nothing
    }`
}
