import { afterEach, expect, it, vi } from 'vitest'
import { newIdentity, readIdentity, sessionAt, writeIdentity } from './identity.js'

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

it('is the one at hand where nothing is stored, what is stored is broken, or storage throws', () => {
  const me = newIdentity()
  expect(readIdentity('nsm:none', me)).toBe(me)
  localStorage.setItem('nsm:broken', '{')
  expect(readIdentity('nsm:broken', me)).toBe(me)
  const own = Object.getOwnPropertyDescriptor(globalThis, 'localStorage')!
  Object.defineProperty(globalThis, 'localStorage', {
    configurable: true,
    get() {
      throw new DOMException('refused', 'SecurityError')
    },
  })
  expect(readIdentity('nsm:x', me)).toBe(me)
  expect(() => writeIdentity('nsm:x', me)).not.toThrow()
  Object.defineProperty(globalThis, 'localStorage', own)
})

it('belongs to another visit after half an hour without an event', () => {
  const me = newIdentity()
  const first = sessionAt(me, 10_000_000)
  expect(sessionAt(me, 10_000_000 + 29 * 60_000)).toBe(first)
  expect(sessionAt(me, 10_000_000 + 58 * 60_000)).toBe(first)
  expect(sessionAt(me, 10_000_000 + 89 * 60_000)).not.toBe(first)
})
