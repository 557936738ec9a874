import { html, nothing } from 'lit'
import type { Delta, GoalRow, GuardrailRow, InputRow, Messages, Summary } from '../summary/index.js'
import { percent, wordChart } from './chart.js'
import { shape } from './shape.js'

/** The shape for a change, if there is one. */
export const course = (delta: Delta) => (delta.against ? shape(delta.course) : nothing)

const share = ({ part, text }: NonNullable<InputRow['share']>, total: string) => {
  const half = Math.abs(part) * 50
  return html`<svg class="bar" aria-hidden="true">
      <line x1="50%" x2="50%" y2="100%" />
      <rect x=${percent(part < 0 ? 50 - half : 50)} width=${percent(half)} y="3" height="6" rx="1.5" />
    </svg>
    <span class="number share">${text}<span class="unseen"> ${total}</span></span>`
}

/** The inputs with their value, change, small trend line and exact share of the metric's change. */
export const inputRows = ({ title, rows, total, unexplained }: Summary['inputs'], words: Messages) =>
  html`<section part="inputs">
    <div class="row"><h3 id="inputs">${title}</h3><span aria-hidden="true">${total}</span></div>
    <ul aria-labelledby="inputs">
      ${rows.map(
        (row) =>
          html`<li part="input">
            <span part="input-label" class="name">${row.title}</span>
            ${wordChart(row.series)}
            <b part="input-value" class="number">${row.value.text}</b>
            <span part="input-delta" class="number">${row.delta ? [course(row.delta), row.delta.text] : nothing}</span>
            ${row.share ? share(row.share, total) : nothing}
          </li>`,
      )}
    </ul>
    ${unexplained ? html`<div class="row">${words.unexplained} <span class="share">${unexplained}</span></div>` : nothing}
  </section>`

const STATE_STYLES = {
  breached: ['alert', 'bad'],
  worsening: ['alert', 'warn'],
  'in-range': ['check', 'unseen'],
  unjudged: ['level', ''],
  'no-limit': ['level', ''],
} as const

/** Guardrails with their limits. */
export const guardrailRows = (rows: GuardrailRow[], words: Messages) =>
  html`<section part="guardrails">
    <h3 id="guardrails">${words.guardrails}</h3>
    <ul aria-labelledby="guardrails">
      ${rows.map(({ title, value, period, limit, state, text }) => {
        const [sign, look] = STATE_STYLES[state]
        return html`<li part="guardrail">
          <span class="name flag"><span class=${look === 'unseen' ? '' : look}>${shape(sign)}</span>${title}</span>
          <b class="number">${value.text}</b>
          <span class="limit">${period && `${period} · `}<span class=${look}>${text}</span>${text === limit ? nothing : (look === 'unseen' ? ' ' : ' · ') + limit}</span>
        </li>`
      })}
    </ul>
  </section>`

/** The goal, its progress, and the progress planned by now. */
export const goal = ({ text, progress, pace, tone, required, done, expected }: GoalRow) => {
  const at = percent(expected * 100)
  return html`<section part="goal">
    <p class="row"><b>${text}</b> <span class=${tone}>${pace}</span></p>
    <svg part="pace" class="progress" aria-hidden="true">
      <rect class="track" width="100%" height="4" y="3" rx="2" />
      <rect width=${percent(done * 100)} height="4" y="3" rx="2" />
      <line class="plan" x1=${at} x2=${at} y2="10" />
    </svg>
    <p>${[progress, required].filter(Boolean).join(' · ')}</p>
  </section>`
}
