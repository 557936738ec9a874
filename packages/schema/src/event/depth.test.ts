import { expect, it } from 'vitest'
import { isTooDeep } from './depth.js'
import { LIMITS } from './message.js'

/** A value inside `levels` objects or lists. */
const nested = (levels: number, list = false): unknown =>
  Array.from({ length: levels }).reduce<unknown>((inner) => (list ? [inner] : { inner }), 1)

it.each([false, true])('a message may nest as deep as the limit says, and no deeper (lists: %s)', (list) => {
  expect(isTooDeep({ properties: nested(LIMITS.levels, list) })).toBe(false)
  expect(isTooDeep({ properties: nested(LIMITS.levels + 1, list) })).toBe(true)
  expect(isTooDeep({ properties: { fine: 1 }, context: nested(5_000, list) })).toBe(true)
})

it.each([null, 'text', 5, {}, []])('%j is not too deep', (value) => expect(isTooDeep(value)).toBe(false))
