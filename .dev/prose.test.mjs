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
  assert.deepEqual(phrases('Reports a message\nOne row a period\n\nThat is no receipt here'), [
    '1 Reports a message',
    '2 One row a period',
    '4 is no receipt here',
  ])
  assert.deepEqual(phrases('/** So many wait. */\nidle for so long\nin small letters'), [
    '1 /** So many',
    '2 for so long',
    '3 small letters',
  ])
})

test('leaves plain English alone', () => {
  assert.deepEqual(phrases('43.6 bytes per event. There is no file x. One per line. It is not a date.'), [])
  assert.deepEqual(phrases('Teams sending 20+ messages a week. It counts an event. Each one is a person.'), [])
  assert.deepEqual(phrases('There is no one here. As many as so many others, and as long as it lasts.'), [])
  assert.deepEqual(phrases('Among the events a metric looks at, those a user sent. Messages a person sent.'), [])
})
