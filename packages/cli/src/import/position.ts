import { createHash, type Hash } from 'node:crypto'
import type { Row } from '../input/row.js'

/** How far an input was imported, as it is kept in the store beside the rows themselves. */
export interface Position {
  rows: number
  /** Of the text of these rows: tells a file that grew from a file that changed. */
  digest: string
  /** The column map in force. */
  map: string
  imported: number
  rejected: number
}

/** The name under which an input's position is kept: its header and first row, wherever the file lies. */
export function positionKey(columns: readonly string[], first: Row | undefined): string {
  const identity = JSON.stringify([columns, first?.text ?? ''])
  return `import:${createHash('sha256').update(identity).digest('hex').slice(0, 32)}`
}

/** A running digest of rows. */
export class RowDigest {
  readonly #hash: Hash = createHash('sha256')

  add(row: Row): void {
    this.#hash.update(`${row.line}\n${row.text}\n`)
  }

  /** The digest of the rows so far; more may be added after it. */
  soFar(): string {
    return this.#hash.copy().digest('hex')
  }
}
