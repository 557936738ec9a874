export { type Evaluated, type Evaluation, evaluate } from './evaluate.js'
export { type Explanation, explain } from './explain.js'
export { query } from './query.js'
