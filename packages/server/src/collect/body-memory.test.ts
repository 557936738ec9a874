import { describe, expect, it } from 'vitest'
import type { RequestError } from '../http/codes.js'
import { type Body, BodyMemory } from './body-memory.js'

let now = 0
const memory = () => new BodyMemory({ keyedBytes: 100, unkeyedBytes: 100, clock: () => now })
const codeOf = (work: () => void) => {
  try {
    work()
    return null
  } catch (error) {
    return (error as RequestError).code
  }
}
/** A body that has arrived as far as it says. */
const grown = (bodies: BodyMemory, keyed: boolean, bytes: number): Body => {
  const body = bodies.open(keyed)
  body.grow(bytes)
  return body
}

describe('the memory of bodies', () => {
  it('counts what has arrived, until the request is answered', () => {
    const bodies = memory()
    const body = grown(bodies, true, 30)
    body.grow(20)
    expect(bodies.bytes).toBe(50)
    body.release()
    body.release()
    expect(bodies.bytes).toBe(0)
  })

  it('of senders without a key is never taken from those with one', () => {
    const bodies = memory()
    grown(bodies, false, 100).complete()
    expect(codeOf(() => grown(bodies, false, 1))).toBe('overloaded')
    expect(codeOf(() => grown(bodies, true, 100))).toBeNull()
  })

  it('is given up by slow senders for fast ones, the slowest first', () => {
    const bodies = memory()
    const told: string[] = []
    for (const name of ['first', 'second', 'third']) {
      const slow = grown(bodies, false, 30)
      slow.onGiveWay = ({ code }) => told.push(`${name} ${code}`)
      now += 10
    }
    now += 1_000
    const fast = grown(bodies, false, 60)
    expect(told).toEqual(['first overloaded', 'second overloaded'])
    expect(bodies.bytes).toBe(90)
    fast.release()
    expect(bodies.bytes).toBe(30)
  })

  it('is not taken from a body that has arrived, nor from one that is as fast as the next', () => {
    const bodies = memory()
    const complete = grown(bodies, false, 50)
    complete.complete()
    now += 5_000
    grown(bodies, false, 50)
    expect(codeOf(() => grown(bodies, false, 10))).toBe('overloaded')
    expect(bodies.bytes).toBe(100)
  })

  it('moves to the share of the keyed when the key is found in the body', () => {
    const bodies = memory()
    const body = grown(bodies, false, 80)
    body.complete()
    body.showKey()
    expect(codeOf(() => grown(bodies, false, 100))).toBeNull()
    expect(codeOf(() => grown(bodies, true, 30))).toBe('overloaded')
    body.release()
    expect(codeOf(() => grown(bodies, true, 30))).toBeNull()
  })

  it('of a body that gave way is free, however much of it still arrives', () => {
    const bodies = memory()
    const slow = grown(bodies, true, 60)
    now += 2_000
    grown(bodies, true, 60)
    slow.grow(1_000)
    slow.showKey()
    expect(bodies.bytes).toBe(60)
  })
})
