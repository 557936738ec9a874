import { afterEach, describe, expect, it } from 'vitest'
import { copy, iso, json } from './json.js'

const arrays = Array.prototype as { toJSON?: () => string }

describe('a copy', () => {
  it('stays as it was when the page goes on to change what it was made of', () => {
    const properties = { items: [1] }
    const copied = copy(properties)
    properties.items.push(2)
    expect(copied).toEqual({ items: [1] })
  })

  it('lacks what cannot be written, and has the rest', () => {
    const circle: Record<string, unknown> = {}
    circle['self'] = circle
    const properties = {
      plan: 'pro',
      circle,
      broken: {
        get it() {
          throw new Error('no')
        },
      },
      run() {},
      symbol: Symbol('s'),
      big: 12n,
      nested: { big: [12n] },
      when: new Date(0),
      never: Number.NaN,
    }
    expect(copy(properties)).toEqual({
      plan: 'pro',
      big: '12',
      nested: { big: ['12'] },
      when: '1970-01-01T00:00:00.000Z',
      never: null,
    })
  })
})

describe('on a page with Prototype.js', () => {
  afterEach(() => {
    delete arrays.toJSON
  })

  it('arrays are arrays, and the page keeps what it has', () => {
    const theirs = () => '"an array"'
    arrays.toJSON = theirs
    expect(json({ list: [1, [2]] })).toBe('{"list":[1,[2]]}')
    expect(arrays.toJSON).toBe(theirs)
    expect(() =>
      json(
        Object.defineProperty({}, 'it', {
          enumerable: true,
          get: () => {
            throw new Error('no')
          },
        }),
      ),
    ).toThrow()
    expect(arrays.toJSON).toBe(theirs)
  })
})

it('an instant is ISO 8601, with Datejs too', () => {
  const own = Date.prototype.toISOString
  expect(iso(0)).toBe('1970-01-01T00:00:00.000Z')
  Date.prototype.toISOString = function () {
    return `"${own.call(this)}"`
  }
  expect(iso(0)).toBe('1970-01-01T00:00:00.000Z')
  Date.prototype.toISOString = own
  expect(() => iso('yesterday')).toThrow()
})
