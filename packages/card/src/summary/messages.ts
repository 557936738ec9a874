import type { Noun } from '@nsm/schema'

/**
 * Every word a card can say, in English. A host may replace any of them; `{name}` marks what is filled in. What depends on
 * a number has a form for each plural category, by `Intl.PluralRules`.
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
  yearBefore: 'a year before',
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
  level: 'level',
  but: '{lead}, but {what}.',
  and: '{lead}, and {what}.',
  guardrailAt: '{title} at {value} {period} ({limit})',
  verdictFor: '{period}: {verdict}',

  pace: 'On course for about {value} ({lower} to {upper})',
  goal: 'Goal {target} by {date}',
  progress: '{percent} of the way',
  further: 'further off than at the start',
  ahead: 'ahead of plan',
  on_track: 'on plan',
  behind: 'behind plan',
  required: 'needs {change} {each} from here',
  eachDay: 'a day',
  eachWeek: 'a week',
  eachMonth: 'a month',
  eachQuarter: 'a quarter',

  inputs: 'Inputs',
  inputsOf: 'Inputs, {period}',
  shareOf: 'of {change}',
  unexplained: 'Not explained by inputs',
  guardrails: 'Guardrails',
  most: 'limit {limit}',
  least: 'at least {limit}',
  between: 'limits {min} and {max}',
  noLimit: 'no limit set',
  inRange: 'in range',
  breached: 'out of range',
  worsening: 'moving the wrong way',
  unjudged: 'not judged yet',

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
  table: 'As a table',
  chart: 'chart',
  trend: 'Trend from {from} to {to}. Use the arrow keys to read values.',
  loading: 'Loading',
  empty: 'No data yet',
  emptyHint: 'The number appears with the first event.',
  failed: 'This number could not be loaded.',
  unauthorized: 'This card may not read the report. Check its token.',
  unknownMetric: 'The report has no metric “{metric}”.',
  unknownSchema: 'This report was written by a newer version. Update nsm-card.js.',
  retry: 'Try again',
  stale: '{asOf}. Not up to date.',
}

type English = typeof english
export type Messages = { [Key in keyof English]: English[Key] extends string ? string : Noun }

/** Fills `{name}` in a message. A name without a value stays as it is, so that a typo in a translation shows. */
export function fill(template: string, values: Record<string, string>): string {
  return template.replace(/\{(\w+)\}/g, (match, name: string) => values[name] ?? match)
}

/** The first letter large, as a sentence or a line of its own begins. */
export const capitalize = (text: string, lang: string): string => text.charAt(0).toLocaleUpperCase(lang) + text.slice(1)
