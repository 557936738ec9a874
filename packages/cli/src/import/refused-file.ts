import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import type { Refusal } from '../input/row.js'

export interface RefusedRow extends Refusal {
  line: number
  /** The row's text, so that it can be mended and imported again. */
  row: string
}

/** Keeps refused rows as JSON lines. The file exists once the first row is refused. */
export interface RefusedFile {
  path: string
  add(rows: readonly RefusedRow[]): Promise<void>
  close(): Promise<void>
}

/** @param append whether rows refused by an earlier, interrupted run of the same import are kept */
export function refusedFile(path: string, append: boolean): RefusedFile {
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
