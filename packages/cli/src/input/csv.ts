import { pipeline, Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import { parse as parseLine } from 'csv-parse/sync'
import { usageError } from '../failure.js'
import type { Row } from './row.js'

const DELIMITERS = [',', ';', '\t', '|'] as const
const ROWS_AT_ONCE = 1_000

/**
 * Reads CSV with a header (RFC 4180), many rows at a time. The delimiter is the comma, semicolon, tab or bar, whichever is
 * most frequent in the header. A row's value maps each column to its text, without empty cells.
 * @throws Failure when quotes don't match, since later rows can't be told apart, and when it is not UTF-8.
 */
export async function* readCsv(chunks: AsyncIterable<Uint8Array>, header: string): AsyncGenerator<Row[]> {
  const parser = pipeline(
    Readable.from(textOf(chunks)),
    parse({
      delimiter: delimiterOf(header),
      info: true,
      record_delimiter: ['\r\n', '\n'],
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    }),
    // Errors from either end reach the reader of the parser.
    () => {},
  )
  let columns: string[] | undefined
  let rows: Row[] = []
  let line = 1
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      if (!columns) columns = record
      else rows.push(toRow(line, columns, record))
      line = info.lines + 1
      if (rows.length === ROWS_AT_ONCE) {
        yield rows
        rows = []
      }
    }
  } catch (error) {
    throw error instanceof CsvError ? unreadable(error, line) : error
  }
  if (rows.length > 0) yield rows
}

function toRow(line: number, columns: readonly string[], record: readonly string[]): Row {
  const text = JSON.stringify(record)
  if (record.length !== columns.length) {
    return {
      line,
      text,
      content: {
        ok: false,
        rejection: {
          code: 'invalid_csv',
          message: `The row has ${record.length} cells but the header has ${columns.length}. Put cells that contain the delimiter in double quotes.`,
          path: '',
        },
      },
    }
  }
  const cells = columns.map((column, i) => [column, record[i]] as const).filter(([, cell]) => cell !== '')
  return { line, text, content: { ok: true, value: Object.fromEntries(cells) } }
}

function delimiterOf(header: string): string {
  const bare = header.replace(/"[^"]*"/g, '')
  const count = (delimiter: string) => bare.split(delimiter).length
  return [...DELIMITERS].sort((a, b) => count(b) - count(a))[0] as string
}

/** The columns of a header line, to check a map before reading rows. @throws Failure when its quotes don't match */
export function columnsOf(header: string): string[] {
  try {
    return parseLine(header, { delimiter: delimiterOf(header), trim: true })[0] ?? []
  } catch (error) {
    throw error instanceof CsvError ? unreadable(error, 1) : error
  }
}

function unreadable({ code, message }: CsvError, line: number): Error {
  const what = WRONG_QUOTES[code] ?? message
  return usageError(`The CSV can’t be read from line ${line} onward: ${what}. Fix that line and import the file again.`)
}

/** Plain words for the parser's errors about quotes. */
const WRONG_QUOTES: Record<string, string> = {
  CSV_QUOTE_NOT_CLOSED: 'a quoted cell is never closed',
  CSV_INVALID_CLOSING_QUOTE: 'there is text after a closing quote',
  INVALID_OPENING_QUOTE: 'there is a quote in the middle of a cell',
}

/** Rejects other encodings, which would silently garble names. */
async function* textOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  try {
    for await (const chunk of chunks) yield decoder.decode(chunk, { stream: true })
    yield decoder.decode()
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw usageError('The CSV is not valid UTF-8. Convert it first, for example with iconv -f latin1 -t utf-8.')
  }
}
