/**
 * What a command answers instead of a result: one sentence that says what to do.
 *
 * `exitCode` is 1 where the answer is no (a tree with errors, a store that is locked, rows rejected)
 * and 2 where the command was used wrongly (an unknown metric, an invalid date, a file that is not there).
 */
export class Failure extends Error {
  override name = 'Failure'

  constructor(
    message: string,
    readonly exitCode: 1 | 2,
  ) {
    super(message)
  }
}

/** The command was used wrongly: exit code 2. */
export const usageError = (message: string) => new Failure(message, 2)

/** The answer is no: exit code 1. */
export const commandError = (message: string) => new Failure(message, 1)
