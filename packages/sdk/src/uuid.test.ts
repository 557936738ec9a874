import { expect, it } from 'vitest'
import { uuid } from './uuid.js'

it('is a UUIDv7 that begins with its time', () => {
  const time = Date.parse('2026-03-02T09:00:00Z')
  const id = uuid(time)
  expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
  expect(Number.parseInt(id.slice(0, 13).replace('-', ''), 16)).toBe(time)
  // A device whose clock was reset.
  expect(uuid(1)).toMatch(/^00000000-0001-7/)
})

it('is another one each time, and sorts by time', () => {
  const tails = Array.from({ length: 1_000 }, () => uuid(1).slice(14))
  expect(new Set(tails).size).toBe(1_000)
  expect(uuid(Date.now()) < uuid(Date.now() + 1)).toBe(true)
})
