export { dateAfter, localDate } from './date.js'
export { type Period, type PeriodGrain, periods } from './periods.js'
export { reviewOf } from './review.js'
