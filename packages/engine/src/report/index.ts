export { type ReportOptions, report } from './report.js'
