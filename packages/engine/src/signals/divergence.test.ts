import { expect, test } from 'vitest'
import { divergence } from './divergence.js'

const grows = (percent: number) => Array.from({ length: 14 }, (_, i) => 1000 * (1 + percent / 100) ** i)

test('growth against revenue', () => {
  expect(divergence(grows(3), grows(2))).toBe('healthy')
  expect(divergence(grows(3), grows(-2))).toBe('healthy')
  expect(divergence(grows(1), grows(2))).toBe('watch')
  expect(divergence(grows(0), grows(2))).toBe('diverging')
  expect(divergence(grows(-1), grows(0))).toBe('diverging')
  expect(divergence(grows(-1), grows(-2))).toBe('declining')
  expect(divergence(grows(0), grows(-2))).toBe('declining')
})

test('one wild period changes nothing', () => {
  const spiked = grows(-1)
  spiked[13] = 50_000
  expect(divergence(spiked, grows(1))).toBe('diverging')
})

test('fewer than twelve values are too few', () => {
  expect(divergence(grows(3).slice(0, 11), grows(2))).toBe('insufficient_data')
  expect(divergence([...grows(3).slice(0, 13), null], grows(2))).toBe('insufficient_data')
  expect(divergence([...grows(3).slice(0, 13), 0], grows(2))).toBe('insufficient_data')
})
