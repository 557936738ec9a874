import { afterEach, expect, it, vi } from 'vitest'
import { isId, newIdentity, readIdentity, sessionAt, writeIdentity } from './identity.js'

afterEach(() => {
  vi.unstubAllGlobals()
  localStorage.clear()
})

it('is kept, and erased', () => {
  const me = newIdentity()
  writeIdentity('nsm:x', me)
  expect(readIdentity('nsm:x', newIdentity())).toEqual(me)
  writeIdentity('nsm:x')
  expect(localStorage.length).toBe(0)
})

it('is the one at hand where nothing is stored, or storage throws', () => {
  const me = newIdentity()
  expect(readIdentity('nsm:none', me)).toEqual(me)
  const own = Object.getOwnPropertyDescriptor(globalThis, 'localStorage')!
  Object.defineProperty(globalThis, 'localStorage', {
    configurable: true,
    get() {
      throw new DOMException('refused', 'SecurityError')
    },
  })
  expect(readIdentity('nsm:x', me)).toEqual(me)
  expect(() => writeIdentity('nsm:x', me)).not.toThrow()
  Object.defineProperty(globalThis, 'localStorage', own)
})

it.each(['{', 'null', '{}', '"x"', '[]', '5', '{"anonymousId":""}', '{"anonymousId":"a","userId":{}}'])(
  'is the one at hand where %s is stored',
  (stored) => {
    const me = newIdentity()
    localStorage.setItem('nsm:broken', stored)
    expect(readIdentity('nsm:broken', me)).toEqual(me)
  },
)

it('is new, with the decision that is stored', () => {
  writeIdentity('nsm:x', { consent: 'denied' })
  expect(readIdentity('nsm:x')).toEqual({ anonymousId: expect.stringMatching(/^[\da-f-]{36}$/), consent: 'denied' })
})

it.each(['u1', 'ü', 'x'.repeat(200), 0, 17, ' a '])('%j is an id', (id) => expect(isId(id)).toBe(true))
it.each(['', ' \n', 'x'.repeat(201), {}, [], null, undefined, true, Number.NaN, Infinity, 1.5, 2 ** 53])(
  '%j is no id',
  (id) => expect(isId(id)).toBe(false),
)

it('belongs to another visit after half an hour without an event', () => {
  const me = newIdentity()
  const first = sessionAt(me, 10_000_000)
  expect(sessionAt(me, 10_000_000 + 29 * 60_000)).toBe(first)
  expect(sessionAt(me, 10_000_000 + 58 * 60_000)).toBe(first)
  const second = sessionAt(me, 10_000_000 + 89 * 60_000)
  expect(second).not.toBe(first)
  // A clock that was a year ahead has been corrected.
  expect(sessionAt(me, 5_000_000)).not.toBe(second)
})
