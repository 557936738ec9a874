/**
 * An error that a command reports to its user. The message says what is wrong and what to do.
 *
 * `exitCode` is 1 when the command failed (a tree with errors, a locked store, rejected rows)
 * and 2 when it was used incorrectly (an unknown metric, an invalid date, a missing file).
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

/** The command was used incorrectly: exit code 2. */
export const usageError = (message: string) => new Failure(message, 2)

/** The command failed: exit code 1. */
export const commandError = (message: string) => new Failure(message, 1)
