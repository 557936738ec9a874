import { html, nothing } from 'lit'
import type { Messages, Summary } from '../summary/index.js'

/** The chart's periods as a real table, the newest first. */
export function periodTable({ series, title, grain }: Summary, words: Messages) {
  const rows = [...series.points].reverse()
  const banded = rows.some((point) => point.band)
  const head = (text: string) => html`<th scope="col">${text}</th>`
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${title}>
    <table part="table">
      <caption class="unseen">${title}</caption>
      <thead><tr>${head(words.period)}${head(words.value)}${banded ? head(words.normal) : nothing}</tr></thead>
      <tbody>
        ${rows.map(
          ({ name, tick, text, partial, band }) =>
            html`<tr class=${partial ? 'running' : ''}>
              <th scope="row">${grain === 'week' ? tick : name}</th>
              <td>${text}${partial ? ' *' : nothing}</td>
              ${banded ? html`<td>${band?.text}</td>` : nothing}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}
