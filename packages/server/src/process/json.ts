import { type ParseError, type ParseErrorCode, parse, printParseErrorCode } from 'jsonc-parser'

/** A place in a text, counted from 1 as editors do. */
interface Place {
  line: number
  column: number
}

/** The line and column of an offset into a text. */
export function placeOf(text: string, offset: number): Place {
  const before = text.slice(0, offset)
  const lineStart = before.lastIndexOf('\n') + 1
  return { line: before.split('\n').length, column: offset - lineStart + 1 }
}

/**
 * Reads JSON and says where it is broken.
 *
 * `JSON.parse` of Node 20 names no position in a short text, so the text is read a second time, by a parser that does.
 */
export function parseJson(text: string): { ok: true; value: unknown } | { ok: false; place: Place; message: string } {
  try {
    return { ok: true, value: JSON.parse(text) }
  } catch {
    const errors: ParseError[] = []
    try {
      parse(text, errors, { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false })
    } catch {
      // It reads by recursion, which JSON.parse does not.
      return { ok: false, place: { line: 1, column: 1 }, message: 'it nests too deep to tell where' }
    }
    const first = errors[0]
    if (!first) return { ok: false, place: { line: 1, column: 1 }, message: 'This is not JSON.' }
    return { ok: false, place: placeOf(text, first.offset), message: describe(first.error, text, first.offset) }
  }
}

const SENTENCES: Partial<Record<ReturnType<typeof printParseErrorCode>, string>> = {
  InvalidSymbol: 'this is no JSON value; texts stand in double quotes',
  InvalidNumberFormat: 'this is no JSON number',
  PropertyNameExpected: 'a name in double quotes is expected here; perhaps the comma before it is too much',
  ValueExpected: 'a value is expected here; perhaps the comma before it is too much',
  ColonExpected: 'a colon is missing',
  CommaExpected: 'a comma or a closing bracket is missing',
  CloseBraceExpected: 'a closing } is missing',
  CloseBracketExpected: 'a closing ] is missing',
  EndOfFileExpected: 'the value ends before this, and something follows',
  InvalidCommentToken: 'JSON has no comments; take it out',
  UnexpectedEndOfComment: 'JSON has no comments; take it out',
  UnexpectedEndOfString: 'a text is not closed with a double quote',
  UnexpectedEndOfNumber: 'a number ends too early',
  InvalidUnicode: 'this \\u escape is wrong',
  InvalidEscapeCharacter: 'this \\ escape is wrong',
  InvalidCharacter: 'this character must be escaped in a text',
}

function describe(code: ParseErrorCode, text: string, offset: number): string {
  if (text.trim() === '') return 'it is empty'
  const sentence = SENTENCES[printParseErrorCode(code)] ?? 'this is not JSON'
  return offset >= text.trimEnd().length ? `it ends too early: ${sentence}` : sentence
}
