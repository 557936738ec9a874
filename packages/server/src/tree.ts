// The tree file without the service: for tools that only read it.
export { parseJson, placeOf } from './process/json.js'
export { describeProblem, parseTreeFile, readTree } from './process/tree-file.js'
