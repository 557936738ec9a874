import { expect, it } from 'vitest'
import { parseJson } from './json.js'

it.each([
  ['{\n  "a": 1\n  "b": 2\n}', 3, 3, 'a comma or a closing bracket is missing'],
  ['{"a": 1,}', 1, 9, 'the comma before it is too much'],
  ['{"a" 1}', 1, 6, 'a colon is missing'],
  ['{"a": [1, 2}', 1, 12, 'a comma or a closing bracket is missing'],
  ['{\n  "a": {', 2, 9, 'it ends too early'],
  ["{'a': 1}", 1, 2, 'double quotes'],
  ['{\n  // hello\n  "a": 1}', 2, 3, 'JSON has no comments'],
  ['{"a": 1} {}', 1, 10, 'something follows'],
  ['', 1, 1, 'it is empty'],
])('%j is broken at %i:%i', (text, line, column, sentence) => {
  const read = parseJson(text)
  expect(read).toMatchObject({ ok: false, place: { line, column } })
  expect(read.ok ? '' : read.message).toContain(sentence)
})

it('is rejected, too, where it is broken very deep', () => {
  expect(parseJson('['.repeat(900_000))).toMatchObject({ ok: false, message: expect.stringContaining('too deep') })
})

it('reads what JSON.parse reads', () => {
  expect(parseJson('{"a":[1,null,"x"]}')).toEqual({ ok: true, value: { a: [1, null, 'x'] } })
})
