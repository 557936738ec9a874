export { type Change, changeOf } from './change.js'
export {
  type PeriodState,
  type Point,
  QUERY_GRAINS,
  type QueryRequest,
  type QueryResult,
  queryRequestSchema,
  queryResultSchema,
} from './query.js'
export {
  MAX_REPORT_PERIODS,
  type MetricReport,
  type Report,
  reportSchema,
  type Signal,
} from './report.js'
