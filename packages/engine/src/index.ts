export { EngineError, type EngineErrorCode } from './errors.js'
export * from './report/index.js'
export * from './signals/index.js'
