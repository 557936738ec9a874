export { type Chart, chart } from './chart.js'
export type { Compare } from './delta.js'
export { english, type Messages } from './messages.js'
export { formatValue } from './number.js'
export { type SummariseOptions, SummaryError, summarise } from './summarise.js'
export type {
  Amount,
  Course,
  Delta,
  GoalRow,
  GuardrailRow,
  InputRow,
  Series,
  SeriesPoint,
  Summary,
  Tone,
} from './summary.js'
export { type SvgOptions, toSVG } from './svg.js'
export { toText } from './text.js'
