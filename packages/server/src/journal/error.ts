/** What can be wrong with a journal, as a code and one sentence that says what to do. */
export class JournalError extends Error {
  override readonly name = 'JournalError'

  constructor(
    readonly code: 'journal_damaged' | 'journal_locked' | 'journal_lost' | 'journal_unwritable' | 'journal_closed',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

/** The error for a file whose acknowledged records do not read back. */
export function damaged(path: string, what: string): JournalError {
  return new JournalError(
    'journal_damaged',
    `The journal is damaged: ${path}: ${what}, and acknowledged events follow it. Put the file back from a backup, or start once with salvage to set the unreadable bytes aside and keep all the others.`,
  )
}
