export { Failure } from './failure.js'
export { main } from './main.js'
export { queryEvents } from './query/query-events.js'
