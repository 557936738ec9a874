import { html, nothing } from 'lit'
import type { Messages, Summary } from '../summary/index.js'

/** The chart's periods as a table, newest first. */
export function periodTable({ series, title }: Summary, words: Messages) {
  const rows = [...series.points].reverse()
  const banded = rows.some((point) => point.band)
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${title}>
    <table part="table">
      <thead><tr>${[words.period, words.value, ...(banded ? [words.normal] : [])].map((text) => html`<th scope="col">${text}</th>`)}</tr></thead>
      <tbody>
        ${rows.map(
          ({ name, text, band }) =>
            html`<tr><th scope="row">${name}</th><td>${text}</td>${banded ? html`<td>${band?.text}</td>` : nothing}</tr>`,
        )}
      </tbody>
    </table>
  </div>`
}
