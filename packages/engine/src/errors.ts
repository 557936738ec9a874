/** Why a store or a query could not answer. */
export type EngineErrorCode =
  | 'invalid_location'
  | 'store_locked'
  | 'store_unusable'
  | 'store_unreachable'
  | 'store_full'
  | 'unknown_metric'
  | 'unknown_segment'
  | 'invalid_range'

/** What a caller of the engine can act on: a code, one sentence that says what to do, and where in the input it is. */
export class EngineError extends Error {
  readonly code: EngineErrorCode
  /** Where in the tree or the request, as a reader would write it. */
  readonly path: string | undefined

  constructor(code: EngineErrorCode, message: string, options: { path?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.name = 'EngineError'
    this.code = code
    this.path = options.path
  }
}
