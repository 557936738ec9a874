import { html, nothing } from 'lit'
import type { Delta, GoalRow, GuardrailRow, InputRow, Summary } from '../summary/index.js'
import { wordChart } from './chart.js'
import { shape } from './shape.js'

/** A change with its shape. */
export const change = ({ course, text, against }: Delta) =>
  html`${against ? shape(course) : nothing}<span class="strong">${text}</span> <span class="against">${against}</span>`

const share = ({ part, text }: NonNullable<InputRow['share']>, total: string) => {
  const half = Math.abs(part) * 50
  return html`<svg class="bar" aria-hidden="true">
      <line class="zero" x1="50%" x2="50%" y1="0" y2="100%" />
      <rect x="${part < 0 ? 50 - half : 50}%" width="${half}%" y="3" height="6" rx="1.5" />
    </svg>
    <span class="share">${text}<span class="unseen"> ${total}</span></span>`
}

/** Inputs with value, change, word-sized trend, and their exact share of the change. */
export const inputRows = ({ title, rows, total, unexplained }: Summary['inputs'], unexplainedLabel: string) =>
  html`<section part="inputs" class=${total ? 'inputs shares' : 'inputs'}>
    <div class="title"><h3 id="inputs">${title}</h3><span aria-hidden="true">${total}</span></div>
    <ul aria-labelledby="inputs">
      ${rows.map(
        (row) =>
          html`<li part="input">
            <span part="input-label" class="name">${row.title}</span>
            ${wordChart(row.series)}
            <span part="input-value" class="number">${row.value.text}</span>
            <span part="input-delta" class="number delta">
              ${row.delta ? html`${row.delta.against ? shape(row.delta.course) : nothing}${row.delta.text}` : nothing}
            </span>
            ${row.share ? share(row.share, total) : nothing}
          </li>`,
      )}
      ${
        unexplained
          ? html`<li part="input"><span class="name muted">${unexplainedLabel}</span><span class="share">${unexplained}</span></li>`
          : nothing
      }
    </ul>
  </section>`

/** Guardrails with their limits. */
export const guardrailRows = (title: string, rows: GuardrailRow[]) =>
  html`<section part="guardrails">
    <div class="title"><h3 id="guardrails">${title}</h3></div>
    <ul aria-labelledby="guardrails">
      ${rows.map(
        ({ title, value, limit, state, text }) =>
          html`<li part="guardrail" class=${state}>
            <span class="name">
              ${shape(state === 'breached' || state === 'worsening' ? 'alert' : state === 'in-range' ? 'check' : 'level')}${title}
            </span>
            <span class="number">${value.text}</span>
            <span class="limit">
              <span class=${state === 'in-range' ? 'unseen' : 'says'}>${text}${text === limit ? nothing : html`<i> · </i>`}</span>${text === limit ? nothing : limit}
            </span>
          </li>`,
      )}
    </ul>
  </section>`

/** The goal, how far it is, and where the plan says it should be. */
export const goal = ({ text, progress, pace, tone, required, done, expected }: GoalRow) =>
  html`<section part="goal">
    <p><span class="strong">${text}</span> <span class="tone ${tone}">${pace}</span></p>
    <svg part="pace" class="progress" aria-hidden="true">
      <rect class="track" width="100%" height="4" y="3" rx="2" />
      <rect class="done" width="${done * 100}%" height="4" y="3" rx="2" />
      <line x1="${expected * 100}%" x2="${expected * 100}%" y1="0" y2="10" />
    </svg>
    <p class="muted">${[progress, required].filter(Boolean).join(' · ')}</p>
  </section>`
