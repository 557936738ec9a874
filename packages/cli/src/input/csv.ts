import { Readable } from 'node:stream'
import { parse } from 'csv-parse'
import { misuse } from '../failure.js'
import type { Row } from './row.js'

const DELIMITERS = [',', ';', '\t', '|'] as const
const ROWS_AT_ONCE = 1_000

/**
 * Reads CSV with a header (RFC 4180; comma, semicolon, tab or bar, whichever the header has most of), many rows at a time.
 * A row's value maps each column to its text; an empty cell is missing.
 * @throws Failure when the quotes do not match, as nothing after that can be told apart.
 */
export async function* readCsv(chunks: AsyncIterable<Uint8Array>, header: string): AsyncGenerator<Row[]> {
  const parser = Readable.from(chunks).pipe(
    parse({
      delimiter: delimiterOf(header),
      bom: true,
      info: true,
      record_delimiter: ['\r\n', '\n'],
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    }),
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
    if (!(error as { code?: string }).code?.startsWith('CSV_')) throw error
    throw misuse(`The CSV cannot be read after line ${line}: ${(error as Error).message}.`)
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
        refusal: {
          code: 'invalid_csv',
          message: `The row has ${record.length} cells and the header ${columns.length}; put cells with a delimiter in double quotes.`,
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

/** The columns of a header line, for telling a wrong map before the first row is read. */
export async function columnsOf(header: string): Promise<string[]> {
  for await (const record of Readable.from([header]).pipe(
    parse({ delimiter: delimiterOf(header), bom: true, trim: true }),
  )) {
    return record as string[]
  }
  return []
}
