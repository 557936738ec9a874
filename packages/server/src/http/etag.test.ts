import { expect, it } from 'vitest'
import { matchesEtag } from './etag.js'

it.each([
  ['the same', '"a"', '"a"', true],
  ['another', '"b"', '"a"', false],
  ['a weak one of the same', 'W/"a"', '"a"', true],
  ['the same, where the answer has a weak one', '"a"', 'W/"a"', true],
  ['one of several', '"x", W/"a" ,"y"', '"a"', true],
  ['none of several', '"x", "y"', '"a"', false],
  ['any', '*', '"a"', true],
  ['nothing', undefined, '"a"', false],
  ['a part of it', '"a', '"a"', false],
])('If-None-Match that names %s', (_, header, etag, matches) => {
  expect(matchesEtag(header, etag)).toBe(matches)
})
