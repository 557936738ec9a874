import { createHash, type Hash } from 'node:crypto'
import type { Row } from '../input/row.js'

/** How far an input has been imported. The store keeps it next to the rows. */
export interface Position {
  rows: number
  /** Digest of these rows' text, to tell a file that grew from one that changed. */
  digest: string
  /** The column map used. */
  map: string
  imported: number
  rejected: number
}

/** The key for an input's position, from its header and first row, so that the file can move. */
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
