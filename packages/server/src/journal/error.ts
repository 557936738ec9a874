/** What can be wrong with a journal, as a code and one sentence with the way out. */
export class JournalError extends Error {
  override readonly name = 'JournalError'

  constructor(
    readonly code: 'journal_damaged' | 'journal_locked' | 'journal_unwritable' | 'journal_closed',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}
