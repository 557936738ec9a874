import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decompose, type Expression, evaluate, names } from './decompose.js'

const change = (expression: Expression, before: Map<string, number>, after: Map<string, number>) =>
  evaluate(expression, after) - evaluate(expression, before)
const total = (shares: Map<string, number>) => [...shares.values()].reduce((sum, share) => sum + share, 0)

const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')
const { tree } = fc.letrec<{ tree: Expression }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    name,
    fc
      .array(fc.tuple(tie('tree'), fc.integer({ min: -3, max: 3 })), { minLength: 1, maxLength: 3 })
      .map((sum) => ({ sum })),
    fc.array(tie('tree'), { minLength: 1, maxLength: 3 }).map((product) => ({ product })),
    fc.record({ numerator: tie('tree'), denominator: name }),
  ),
}))
const value = fc.oneof(fc.integer({ min: -50, max: 50 }), fc.double({ min: -1000, max: 1000, noNaN: true }))
const values = fc
  .tuple(value, value, value, value, value, value)
  .map((list) => new Map(['a', 'b', 'c', 'd', 'e', 'f'].map((id, i) => [id, list[i] as number])))

/** The largest number met on the way: rounding is relative to it. */
function size(expression: Expression, before: Map<string, number>, after: Map<string, number>): number {
  const moved = names(expression)
  let largest = 1e-300
  for (let bits = 0; bits < 1 << moved.length; bits++) {
    const mixed = new Map(before)
    moved.forEach((id, i) => {
      if (bits & (1 << i)) mixed.set(id, after.get(id) as number)
    })
    // Nothing can be said of the rounding of an overflow.
    const met = magnitude(expression, mixed)
    largest = Math.max(largest, Number.isNaN(met) ? Infinity : met)
  }
  return largest
}
function magnitude(expression: Expression, at: Map<string, number>): number {
  const absolute = new Map([...at].map(([id, v]) => [id, Math.abs(v)]))
  const positive = (part: Expression): Expression => {
    if (typeof part === 'string') return part
    if ('sum' in part) return { sum: part.sum.map(([inner, weight]) => [positive(inner), Math.abs(weight)] as const) }
    if ('product' in part) return { product: part.product.map(positive) }
    return { numerator: positive(part.numerator), denominator: positive(part.denominator) }
  }
  return evaluate(positive(expression), absolute)
}

describe('laws', () => {
  test('contributions add up to the change', () => {
    fc.assert(
      fc.property(tree, values, values, (expression, before, after) => {
        const shares = decompose(expression, before, after)
        if (!shares) return
        expect([...shares.values()].every(Number.isFinite)).toBe(true)
        const off = Math.abs(total(shares) - change(expression, before, after))
        expect(off).toBeLessThanOrEqual(1e-9 * size(expression, before, after))
      }),
    )
  })

  test('swapping before and after flips every sign', () => {
    fc.assert(
      fc.property(tree, values, values, (expression, before, after) => {
        const forth = decompose(expression, before, after)
        const back = decompose(expression, after, before)
        expect(back === null).toBe(forth === null)
        if (!forth || !back) return
        const tolerance = 1e-9 * size(expression, before, after)
        for (const [id, share] of forth)
          expect(Math.abs(share + (back.get(id) as number))).toBeLessThanOrEqual(tolerance)
      }),
    )
  })

  test('a factor that did not move gets 0', () => {
    fc.assert(
      fc.property(tree, values, values, name, (expression, before, after, still) => {
        const shares = decompose(expression, before, new Map(after).set(still, before.get(still) as number))
        expect(shares?.get(still) ?? 0).toBe(0)
      }),
    )
  })

  test('the order of factors does not matter', () => {
    fc.assert(
      fc.property(values, values, (before, after) => {
        const forth = decompose({ product: ['a', 'b', 'c', 'd'] }, before, after)
        const back = decompose({ product: ['d', 'c', 'b', 'a'] }, before, after)
        const tolerance = 1e-9 * size({ product: ['a', 'b', 'c', 'd'] }, before, after)
        for (const [id, share] of forth!) expect(Math.abs(share - back!.get(id)!)).toBeLessThanOrEqual(tolerance)
      }),
    )
  })
})

describe('trees', () => {
  test("a part's shares add up to what it brings as a whole where it is a sum", () => {
    const nested: Expression = {
      product: [
        {
          sum: [
            ['new', 1],
            ['returning', 1],
          ],
        },
        'each',
      ],
    }
    const before = new Map([
      ['new', 10],
      ['returning', 30],
      ['each', 5],
    ])
    const after = new Map([
      ['new', 20],
      ['returning', 25],
      ['each', 6],
    ])
    const shares = decompose(nested, before, after)!
    const flat = decompose(
      { product: ['all', 'each'] },
      new Map([
        ['all', 40],
        ['each', 5],
      ]),
      new Map([
        ['all', 45],
        ['each', 6],
      ]),
    )!
    expect(shares.get('new')! + shares.get('returning')!).toBeCloseTo(flat.get('all')!, 9)
    expect(shares.get('each')).toBeCloseTo(flat.get('each')!, 9)
  })

  test('a quotient that meets a denominator of 0 has no shares', () => {
    const at = (numerator: number, denominator: number) =>
      new Map([
        ['numerator', numerator],
        ['denominator', denominator],
      ])
    expect(decompose({ numerator: 'numerator', denominator: 'denominator' }, at(5, 0), at(6, 2))).toBeNull()
  })

  test('refuses what it could not finish', () => {
    const many = Array.from({ length: 17 }, (_, i) => `m${i}`)
    const at = (value: number) => new Map(many.map((id) => [id, value]))
    expect(() => decompose({ product: many }, at(1), at(2))).toThrow(RangeError)
    expect(decompose({ sum: many.map((id) => [id, 1] as const) }, at(1), at(2))?.size).toBe(17)
  })
})
