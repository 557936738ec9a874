import { expect, it } from 'vitest'
import { withoutPassword } from './without-password.js'

it.each([
  ['https://ann:secret@db.example:8443/nsm', 'https://db.example:8443/nsm'],
  ['https://ann:se@cret@db.example/nsm', 'https://db.example/nsm'],
  ['https://ann:se/cret@db.example/nsm', 'https://db.example/nsm'],
  ['https://ann@db.example/nsm', 'https://db.example/nsm'],
  ['https://db.example/nsm', 'https://db.example/nsm'],
  ['file:data', 'file:data'],
  ['file:/srv//ann@home/data', 'file:/srv//ann@home/data'],
])('%s is shown as %s', (store, shown) => {
  expect(withoutPassword(store)).toBe(shown)
})
