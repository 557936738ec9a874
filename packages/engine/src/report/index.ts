export { definitionHash } from './hash.js'
export { sentence } from './sentence.js'
