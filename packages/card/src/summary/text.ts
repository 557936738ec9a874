import type { Summary } from './summary.js'

const ARROWS = { up: '▲', down: '▼', level: '■' }

/** Joins the parts that aren't empty. */
const join = (separator: string, ...parts: (string | null | undefined | false)[]) =>
  parts.filter(Boolean).join(separator)

/** A summary as plain text: the same words as the card, for chat, mail and a terminal. */
export function toText(summary: Summary): string {
  const { value, delta, goal, inputs, guardrails, verdict } = summary
  const head = [
    summary.title,
    join(' · ', join(' ', value.text, value.noun), summary.period),
    delta && join(' ', delta.against && ARROWS[delta.course], delta.text, delta.against),
    summary.projection,
    verdict?.text,
    goal && join(' · ', goal.text, goal.progress, goal.pace, goal.required),
  ]
  const rows = inputs.rows.map(
    ({ title, value, delta, share }) =>
      `${title}: ${join(' ', value.text, delta && `${ARROWS[delta.course]} ${delta.text}`, share && `(${share.text})`)}`,
  )
  const limits = guardrails.map(
    ({ title, value, period, text, limit }) =>
      `${title}: ${join(' ', value.text, period, `(${text === limit ? text : `${text}, ${limit}`})`)}`,
  )
  return join(
    '\n\n',
    join('\n', ...head),
    rows.length > 0 && join('\n', join(' ', inputs.title, inputs.total && `(${inputs.total})`), ...rows),
    join('\n', ...limits),
    join(' · ', summary.asOfText, ...summary.notes),
  )
}
