/** One row of an input, before anybody knows whether it is a message. */
export interface Row {
  /** The line on which it starts, from 1. */
  line: number
  /** Its text: identity, and what a rejection quotes. */
  text: string
  /** What it says, or why it says nothing. */
  content: { ok: true; value: unknown } | { ok: false; rejection: Rejection }
}

/** Why a row was not taken. The codes are those of the service's answers where it knows the case, too. */
export interface Rejection {
  code: string
  /** One sentence that says what to do. */
  message: string
  /** Where in the row; `''` for the whole. */
  path: string
}
