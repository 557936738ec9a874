import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import type { Rejection } from '../input/row.js'

export interface RejectedRow extends Rejection {
  line: number
  /** The row's text, so that it can be mended and imported again. */
  row: string
}

/** Keeps rejected rows as JSON lines. The file exists once the first row is rejected. */
export interface RejectedFile {
  path: string
  add(rows: readonly RejectedRow[]): Promise<void>
  close(): Promise<void>
}

/** @param append whether rows rejected by an earlier, interrupted run of the same import are kept */
export function rejectedFile(path: string, append: boolean): RejectedFile {
  let stream: WriteStream | undefined
  return {
    path,
    async add(rows) {
      if (rows.length === 0) return
      stream ??= createWriteStream(path, { flags: append ? 'a' : 'w' })
      const text = rows.map((row) => `${JSON.stringify(row)}\n`).join('')
      if (!stream.write(text)) await once(stream, 'drain')
    },
    async close() {
      if (!stream) return
      stream.end()
      await finished(stream)
    },
  }
}
