import type { Noun } from '@nsm/schema'

/**
 * All of the card's texts, in English. A page can replace any of them. `{name}` is a placeholder. Texts that depend on a
 * number have one form per plural category of `Intl.PluralRules`.
 */
export const english = {
  soFar: '{period} so far',
  weekOf: 'week of {date}',
  onDay: 'on {period}',
  inWeek: 'in the {period}',
  inMonth: 'in {period}',
  inQuarter: 'in {period}',
  samePoint: 'vs. the same point {period}',
  versus: 'vs. {period}',
  whole: '{period}: {value}',
  yearBefore: 'a year earlier',
  fromZero: '{change} from 0',
  noChange: 'no change',
  points: '{change} pp',

  within: 'within its normal range',
  above: 'unusually high',
  below: 'unusually low',
  shifted: 'shifted since {date}',
  not_enough_history: 'not enough history yet',
  not_applicable: 'no normal range for this metric',
  overLimit: '{value} {period}, over its limit of {limit}',
  underLimit: '{value} {period}, under its limit of {limit}',
  up: 'up',
  down: 'down',
  level: 'unchanged',
  but: '{lead}, but {what}.',
  and: '{lead}, and {what}.',
  guardrailAt: '{title} at {value} {period} ({limit})',
  verdictFor: '{period}: {verdict}',

  pace: 'On course for about {value} ({lower} to {upper})',
  goal: 'Goal {target} by {date}',
  progress: '{percent} of the way',
  further: 'further from the goal than at the start',
  ahead: 'ahead of plan',
  on_track: 'on plan',
  behind: 'behind plan',
  required: 'needs {change} {each} to reach the goal',
  eachDay: 'per day',
  eachWeek: 'per week',
  eachMonth: 'per month',
  eachQuarter: 'per quarter',

  inputs: 'Inputs',
  inputsOf: 'Inputs, {period}',
  shareOf: 'of {change}',
  unexplained: 'Not explained by inputs',
  guardrails: 'Guardrails',
  most: 'limit {limit}',
  least: 'at least {limit}',
  between: 'limits {min} to {max}',
  noLimit: 'no limit set',
  inRange: 'in range',
  breached: 'out of range',
  worsening: 'moving the wrong way',
  unjudged: 'not enough data yet',

  asOf: 'As of {time}',
  counted: 'How this is counted',
  owner: 'Owner: {owner}',
  late: { one: '{n} event arrived late', other: '{n} events arrived late' },
  lost: { one: '{n} event lost', other: '{n} events lost' },
  rejected: { one: '{n} event rejected', other: '{n} events rejected' },
  review: 'Review due {date}',
  overdue: 'Review overdue since {date}',

  period: 'Period',
  value: 'Value',
  normal: 'Normal range',
  table: 'View as table',
  chart: 'chart',
  trend: 'Trend from {from} to {to}. Use the arrow keys to read values.',
  loading: 'Loading',
  empty: 'No data yet',
  emptyHint: 'The number will appear after the first event.',
  failed: 'Couldn’t load this number.',
  unauthorized: 'This card doesn’t have access to the report. Check its token.',
  unknownMetric: 'The report has no metric “{metric}”.',
  unknownSchema: 'This report comes from a newer version of nsm. Update nsm-card.js.',
  retry: 'Try again',
  stale: '{asOf}. Not up to date.',
}

type English = typeof english
export type Messages = { [Key in keyof English]: English[Key] extends string ? string : Noun }

/** Fills in the `{name}` placeholders of a message. Unknown names stay, so that typos in translations are visible. */
export function fill(template: string, values: Record<string, string>): string {
  return template.replace(/\{(\w+)\}/g, (match, name: string) => values[name] ?? match)
}

/** Capitalizes the first letter, for the start of a sentence or line. */
export const capitalize = (text: string, lang: string): string => text.charAt(0).toLocaleUpperCase(lang) + text.slice(1)
