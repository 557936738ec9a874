import { expect, it } from 'vitest'
import { byKey } from './table.js'

it('a segment whose rows lie only between windows is none', () => {
  const read = byKey((key) => (key === 1 ? [0, 2] : []))
  const table = read([
    [1, 'pro', '3'],
    [2, 'free', 5],
  ])
  expect([...table]).toEqual([['pro', [[3], undefined, [3]]]])
})
