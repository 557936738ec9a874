export { definitionHash } from './hash.js'
export { type ReportOptions, report } from './report.js'
export { sentence } from './sentence.js'
