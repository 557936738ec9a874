import { type FileHandle, open } from 'node:fs/promises'
import { usageError } from '../failure.js'
import type { Rejection } from '../input/row.js'

export interface RejectedRow extends Rejection {
  line: number
  /** The row's text, so that it can be corrected and imported again. */
  row: string
}

/** Keeps rejected rows as JSON lines. The file exists once the first row is rejected. */
export interface RejectedFile {
  path: string
  /** @throws Failure when the file cannot be written */
  add(rows: readonly RejectedRow[]): Promise<void>
  close(): Promise<void>
}

/** @param append whether rows rejected by an earlier, interrupted run of the same import are kept */
export function rejectedFile(path: string, append: boolean): RejectedFile {
  let file: FileHandle | undefined
  return {
    path,
    async add(rows) {
      if (rows.length === 0) return
      try {
        file ??= await open(path, append ? 'a' : 'w')
        await file.appendFile(rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
      } catch (error) {
        const { code = 'an unknown error' } = error as NodeJS.ErrnoException
        throw usageError(`Rejected rows can’t be written to ${path} (${code}). Choose another file with --rejected.`)
      }
    },
    async close() {
      await file?.close()
    },
  }
}
