export { type Period, type PeriodGrain, periods } from './periods.js'
