import { isUtf8 } from 'node:buffer'
import { LIMITS } from '@nsm/schema'
import { parseJson } from '@nsm/server/tree'
import type { Row } from './row.js'

const NEWLINE = 0x0a
/** A line longer than any batch can't be an event, so it isn't kept in memory. */
const MAX_LINE_BYTES = LIMITS.batchBytes

/** Reads one JSON value per line, many rows at a time, and skips empty lines. The longest allowed line bounds memory. */
export async function* readNdjson(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Row[]> {
  let pending: Uint8Array[] = []
  let pendingBytes = 0
  let line = 1
  const take = (end: Uint8Array): Row | undefined => {
    const bytes = pendingBytes + end.length
    const row =
      bytes > MAX_LINE_BYTES
        ? tooLong(line, bytes)
        : toRow(line, pendingBytes > 0 ? Buffer.concat([...pending, end]) : end)
    pending = []
    pendingBytes = 0
    line++
    return row
  }

  for await (const chunk of chunks) {
    const rows: Row[] = []
    let from = 0
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
      const row = take(chunk.subarray(from, at))
      if (row) rows.push(row)
      from = at + 1
    }
    const rest = chunk.subarray(from)
    pendingBytes += rest.length
    // Past the limit, only the length matters.
    if (pendingBytes <= MAX_LINE_BYTES && rest.length > 0) pending.push(rest)
    if (rows.length > 0) yield rows
  }
  if (pendingBytes > 0) {
    const row = take(new Uint8Array())
    if (row) yield [row]
  }
}

function toRow(line: number, bytes: Uint8Array): Row | undefined {
  if (!isUtf8(bytes)) {
    return rejected(
      line,
      Buffer.from(bytes).toString('latin1'),
      'invalid_encoding',
      'The line is not valid UTF-8. Convert the file first.',
    )
  }
  const text = withoutMark(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'), line).trim()
  if (text === '') return undefined
  const json = parseJson(text)
  if (json.ok) return { line, text, content: { ok: true, value: json.value } }
  return rejected(line, text, 'invalid_json', `Invalid JSON at column ${json.place.column}: ${json.message}.`)
}

const withoutMark = (text: string, line: number) => (line === 1 && text.startsWith('\ufeff') ? text.slice(1) : text)

function tooLong(line: number, bytes: number): Row {
  return rejected(
    line,
    '',
    'event_too_large',
    `The line is ${bytes} bytes long. The limit for an event is ${LIMITS.eventBytes}.`,
  )
}

function rejected(line: number, text: string, code: string, message: string): Row {
  return { line, text, content: { ok: false, rejection: { code, message, path: '' } } }
}
