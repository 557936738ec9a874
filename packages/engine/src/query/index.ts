export { type Evaluated, evaluate } from './evaluate.js'
export { type Explanation, explain } from './explain.js'
export { query } from './query.js'
