import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findProse } from './prose.mjs'

const phrases = (text) => findProse(text).map(({ line, phrase }) => `${line} ${phrase}`)

test('finds what reads as translated, with its line', () => {
  assert.deepEqual(phrases('43.6 bytes an event\nfine\none a line, a date that is none'), [
    '1 43.6 bytes an event',
    '3 one a line',
    '3 a date that is none',
  ])
  assert.deepEqual(phrases('x is no date'), ['1 is no date'])
})

test('leaves plain English alone', () => {
  assert.deepEqual(phrases('43.6 bytes per event. There is no file x. One per line. It is not a date.'), [])
})
