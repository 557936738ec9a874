import { parseTree, type Tree, type TreeInput } from '@nsm/schema'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileTree } from '../metrics/compile-tree.js'
import { explain, residualOf } from './contributions.js'

const count = { kind: 'count', event: 'sent' } as const
const derived = { kind: 'derived' } as const

function treeOf(metrics: Record<string, Partial<TreeInput['metrics'][string]>>): Tree {
  const parsed = parseTree({
    version: 1,
    product: 'P',
    calendar: { timezone: 'UTC' },
    events: { sent: {} },
    northStar: [Object.keys(metrics)[0]],
    metrics: Object.fromEntries(
      Object.entries(metrics).map(([id, metric]) => [id, { title: id, definition: count, ...metric }]),
    ),
  })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.value
}

const valueAt = (values: Record<string, number | null>) => (id: string) => values[id] ?? null
const sum = (parts: { contribution: number }[]) => parts.reduce((total, { contribution }) => total + contribution, 0)

describe('why a metric moved', () => {
  test('a weighted sum gives each input its own change', () => {
    const tree = treeOf({ net: { formula: { sum: ['new', ['lost', -1]] }, definition: derived }, new: {}, lost: {} })
    const { contributions, residual } = explain(
      compileTree(tree).metric('net'),
      valueAt({ net: 5, new: 8, lost: 3 }),
      valueAt({ net: 2, new: 7, lost: 5 }),
    )
    expect(contributions).toEqual([
      { metric: 'new', change: { from: 8, to: 7, absolute: -1, ratio: -1 / 8 }, contribution: -1 },
      { metric: 'lost', change: { from: 3, to: 5, absolute: 2, ratio: 2 / 3 }, contribution: -2 },
    ])
    expect(residual).toBe(0)
  })

  test('the halves of a ratio share its change', () => {
    const tree = treeOf({
      each: { definition: { kind: 'ratio', numerator: 'messages', denominator: 'teams' } },
      messages: {},
      teams: {},
    })
    const { contributions } = explain(
      compileTree(tree).metric('each'),
      valueAt({ each: 6000 / 14, messages: 6000, teams: 14 }),
      valueAt({ each: 7000 / 30, messages: 7000, teams: 30 }),
    )
    expect(contributions.map(({ contribution }) => contribution)).toEqual([
      expect.closeTo(52.380952380952394, 9),
      expect.closeTo(-247.6190476190476, 9),
    ])
  })

  test('what the arithmetic leaves over is the residual', () => {
    const tree = treeOf({ all: { formula: { sum: ['a', 'b'] } }, a: {}, b: {} })
    const after = valueAt({ all: 25, a: 10, b: 12 })
    expect(explain(compileTree(tree).metric('all'), valueAt({ all: 20, a: 10, b: 10 }), after)).toMatchObject({
      residual: 3,
    })
    expect(residualOf(compileTree(tree).metric('all'), after)).toBe(3)
  })

  test('without a value on either side nothing is explained', () => {
    const tree = treeOf({ all: { formula: { sum: ['a', 'b'] } }, a: {}, b: {} })
    const known = valueAt({ all: 20, a: 10, b: 10 })
    expect(explain(compileTree(tree).metric('all'), known, valueAt({ all: 20, a: 10, b: null }))).toEqual({
      contributions: [],
      residual: null,
    })
    expect(explain(compileTree(tree).metric('a'), known, known)).toEqual({ contributions: [], residual: null })
  })

  test('an input with arithmetic of its own brings what its leaves bring, so that drilling down adds up', () => {
    // In a product of products the leaves' shares differ from those of the two direct inputs taken as they are.
    const nested = treeOf({
      top: { formula: { product: ['inner', 'c'] }, definition: derived },
      inner: { formula: { product: ['a', 'b'] }, definition: derived },
      a: {},
      b: {},
      c: {},
    })
    const flat = treeOf({ top: { formula: { product: ['a', 'b', 'c'] }, definition: derived }, a: {}, b: {}, c: {} })
    const before = valueAt({ top: 8, inner: 4, a: 2, b: 2, c: 2 })
    const after = valueAt({ top: 72, inner: 12, a: 3, b: 4, c: 6 })
    const leaves = new Map(
      explain(compileTree(flat).metric('top'), before, after).contributions.map((part) => [
        part.metric,
        part.contribution,
      ]),
    )
    const [inner, c] = explain(compileTree(nested).metric('top'), before, after).contributions
    expect(inner?.contribution).toBeCloseTo(leaves.get('a')! + leaves.get('b')!, 9)
    expect(c?.contribution).toBeCloseTo(leaves.get('c')!, 9)
  })

  test('shares and residual always add up to the change', () => {
    const tree = treeOf({
      top: { formula: { product: ['inner', 'c', 'd'] } },
      inner: { formula: { sum: ['a', ['b', -2], 'c'] } },
      a: {},
      b: { formula: { product: ['c', 'd'] } },
      c: {},
      d: {},
    })
    const value = fc.oneof(fc.integer({ min: -20, max: 20 }), fc.double({ min: -1e4, max: 1e4, noNaN: true }))
    const values = fc.record({ top: value, inner: value, a: value, b: value, c: value, d: value })
    fc.assert(
      fc.property(values, values, (before, after) => {
        const { contributions, residual } = explain(compileTree(tree).metric('top'), valueAt(before), valueAt(after))
        const parts = contributions.map(({ contribution }) => Math.abs(contribution))
        const size = Math.max(...parts, Math.abs(residual!), Math.abs(before.top), Math.abs(after.top), 1e-300)
        expect(Math.abs(sum(contributions) + residual! - (after.top - before.top))).toBeLessThanOrEqual(1e-9 * size)
      }),
    )
  })
})
