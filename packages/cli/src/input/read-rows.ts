import { usageError } from '../failure.js'
import { columnsOf, readCsv } from './csv.js'
import { readNdjson } from './ndjson.js'
import type { Row } from './row.js'

export interface Rows {
  format: 'ndjson' | 'csv'
  /** The header's columns of a CSV. */
  columns: string[]
  rows: AsyncGenerator<Row[]>
}

const HEADER_BYTES = 1 << 16

/** Detects JSON lines or CSV by the first character and reads the rows. @throws Failure for empty input and for a JSON array. */
export async function readRows(chunks: AsyncIterable<Uint8Array>, name: string): Promise<Rows> {
  const iterator = chunks[Symbol.asyncIterator]()
  const head: Uint8Array[] = []
  let first = ''
  // Read to the end of the first nonempty line, which is the header of a CSV.
  while (!/\S[^\n]*\n/.test(first) && first.length < HEADER_BYTES) {
    const next = await iterator.next()
    if (next.done) break
    head.push(next.value)
    first = Buffer.concat(head)
      .toString('utf8')
      .replace(/^\ufeff/, '')
  }
  const start = first.trimStart()
  if (start === '') throw usageError(`${name} is empty. Check that it is the right input.`)
  if (start.startsWith('[')) {
    throw usageError(`${name} is a JSON array. Write one message per line, for example with jq -c '.[]'.`)
  }
  const all = (async function* () {
    yield* head
    yield* { [Symbol.asyncIterator]: () => iterator }
  })()
  if (start.startsWith('{')) return { format: 'ndjson', columns: [], rows: readNdjson(all) }
  const header = start.split(/\r?\n/, 1)[0] as string
  return { format: 'csv', columns: columnsOf(header), rows: readCsv(all, header) }
}
