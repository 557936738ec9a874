import { type Definition, parseTree } from '@nsm/schema'
import { describe, expect, test } from 'vitest'
import { boundsOf } from './behavior.js'
import { compileTree } from './compile-tree.js'
import type { CompiledMetric } from './compiled.js'

const sent = { event: 'sent' }
const unique = { kind: 'unique', of: 'user', ...sent }

function metricOf(definition: object, more: object = {}): CompiledMetric {
  const parsed = parseTree({
    version: 1,
    product: 'P',
    calendar: { timezone: 'UTC' },
    events: { sent: {} },
    northStar: ['m'],
    metrics: {
      m: { title: 'M', definition: definition as Definition, ...more },
      a: { title: 'A', definition: { kind: 'count', event: 'sent' } },
      paid: { title: 'P', definition: { kind: 'sum', event: 'sent', property: 'amount' } },
      rolling: { title: 'R', definition: { ...unique, window: '28d' } },
    },
  })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return compileTree(parsed.value).metric('m')
}

describe('a value that only grows within its period', () => {
  test.each<[object, object, boolean]>([
    [{ kind: 'count', ...sent }, {}, true],
    [unique, {}, true],
    [{ ...unique, having: { count: { gte: 20 } } }, {}, true],
    [{ ...unique, having: { count: { lt: 20 } } }, {}, false],
    [{ ...unique, lifecycle: 'returning' }, {}, false],
    [{ ...unique, lifecycle: 'dormant' }, {}, false],
    [{ ...unique, window: '7d' }, {}, false],
    [{ ...unique, window: 'to-date' }, {}, true],
    [{ kind: 'ratio', numerator: 'a', denominator: unique }, {}, false],
    [{ kind: 'stock', of: 'user', ...sent }, {}, false],
    [{ kind: 'derived' }, { formula: { sum: ['a', 'a'] } }, true],
    [{ kind: 'derived' }, { formula: { sum: ['a', ['a', -1]] } }, false],
    [{ kind: 'derived' }, { formula: { product: ['a', 'a'] } }, false],
  ])('%j %j: %s', (definition, more, expected) => {
    expect(metricOf(definition, more).accumulates).toBe(expected)
  })
})

describe('a value that can never fall again within its period', () => {
  const total = { kind: 'sum', ...sent, property: 'amount' }
  test.each<[object, object, boolean]>([
    [{ kind: 'count', ...sent }, {}, true],
    [unique, {}, true],
    [total, {}, false],
    [{ ...unique, having: { sum: { property: 'amount', gte: 100 } } }, {}, false],
    [{ kind: 'ratio', numerator: 'a', denominator: unique }, {}, false],
    [{ kind: 'derived' }, { formula: { sum: ['a', 'a'] } }, true],
    [{ kind: 'derived' }, { formula: { sum: ['a', 'paid'] } }, false],
  ])('%j %j: %s', (definition, more, expected) => {
    expect(metricOf(definition, more).onlyGrows).toBe(expected)
  })
})

describe('windows that overlap their neighbors', () => {
  test('are longer than a period, or everything', () => {
    const seven = metricOf({ ...unique, window: '7d' })
    expect([seven.isRolling('day'), seven.isRolling('week')]).toEqual([true, false])
    expect(metricOf({ ...unique, window: 'all' }).isRolling('quarter')).toBe(true)
    expect(metricOf(unique).isRolling('day')).toBe(false)
  })
  test('behind a ratio or arithmetic count too', () => {
    expect(metricOf({ kind: 'ratio', numerator: 'a', denominator: 'rolling' }).isRolling('week')).toBe(true)
    expect(metricOf({ kind: 'derived' }, { formula: { product: ['a', 'rolling'] } }).isRolling('week')).toBe(true)
    expect(metricOf({ kind: 'ratio', numerator: 'a', denominator: 'a' }).isRolling('week')).toBe(false)
  })
})

describe('what a metric can be', () => {
  const retention = { kind: 'retention', of: 'user', from: sent, to: sent, after: 1 }
  test.each<[object, object, (number | null)[], object]>([
    [{ kind: 'count', ...sent }, {}, [1, 2], { min: 0 }],
    [retention, {}, [0.2, null], { min: 0, max: 1 }],
    [{ kind: 'ratio', numerator: 'a', denominator: unique }, { unit: 'percent' }, [0.5], { min: 0, max: 1 }],
    [{ kind: 'ratio', numerator: 'a', denominator: unique }, { unit: 'percent' }, [1.5], { min: 0 }],
    [{ kind: 'sum', ...sent, property: 'amount' }, {}, [5, -1], {}],
    [{ kind: 'derived' }, { formula: { sum: ['a', ['a', -1]] } }, [5, 1], {}],
    [{ kind: 'derived' }, { formula: { sum: ['a', 'a'] } }, [5, 1], { min: 0 }],
  ])('%j %j %j', (definition, more, values, expected) => {
    expect(boundsOf(metricOf(definition, more), values)).toEqual(expected)
  })
})
