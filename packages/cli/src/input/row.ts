/** One row of an input, not yet checked to be a message. */
export interface Row {
  /** The line on which it starts, from 1. */
  line: number
  /** The text, which identifies the row and is kept with a rejection. */
  text: string
  /** The value, or why it could not be read. */
  content: { ok: true; value: unknown } | { ok: false; rejection: Rejection }
}

/** Why a row was rejected. Cases that the service also knows have the service's codes. */
export interface Rejection {
  code: string
  /** One sentence that says what to do. */
  message: string
  /** Where in the row; `''` for the whole. */
  path: string
}
