import { openStore } from '@nsm/engine'
import { type Point, parseTree, type QueryRequest } from '@nsm/schema'
import { queryEvents } from 'nsm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readVector } from './vectors.js'

type Numbers = (number | null)[]
interface QueryCase {
  name: string
  tree: unknown
  events?: unknown[]
  query: QueryRequest
  expect: {
    values?: Numbers
    numerators?: Numbers
    denominators?: Numbers
    at?: Record<string, number>
    segments?: Record<string, Numbers>
  }
}

const NOW = Date.parse('2026-11-22T00:00:00Z')
const VECTORS = [
  'conversion-edges',
  'dst-weeks-us-pacific',
  'filter-not-includes-missing',
  'having-at-least-n',
  'ratio-and-nulls',
  'retention-matrix',
  'seed-slack',
  'stock-last-value',
  'timezone-daily',
  'wau-rolling-and-calendar',
]

// While one store is open the embedded engine keeps running, and is not started again for every case.
let warm: Awaited<ReturnType<typeof openStore>>
beforeAll(async () => {
  warm = await openStore('memory:')
})
afterAll(() => warm.close())

for (const id of VECTORS) {
  describe(id, () => {
    const { cases, events: shared } = readVector<QueryCase, { events?: unknown[] }>(id)
    for (const [i, one] of cases.entries()) {
      test(`${i}: ${one.name}`, async () => {
        const tree = parseTree(one.tree)
        if (!tree.ok) throw new Error(JSON.stringify(tree.problems))
        // What `nsm query --events` does.
        const { points, segments } = await queryEvents(tree.value, one.events ?? shared ?? [], one.query, NOW)
        const { values, numerators, denominators, at = {}, segments: bySegment } = one.expect
        if (values) near(points, 'value', values)
        if (numerators) near(points, 'numerator', numerators)
        if (denominators) near(points, 'denominator', denominators)
        for (const [date, value] of Object.entries(at)) {
          near(
            points.filter(({ period }) => period === date),
            'value',
            [value],
          )
        }
        if (bySegment) expect(Object.keys(segments ?? {}).sort()).toEqual(Object.keys(bySegment).sort())
        for (const [value, numbers] of Object.entries(bySegment ?? {})) near(segments?.[value] ?? [], 'value', numbers)
      })
    }
  })
}

function near(points: readonly Point[], key: 'value' | 'numerator' | 'denominator', expected: Numbers): void {
  expect(points).toHaveLength(expected.length)
  for (const [i, number] of expected.entries()) {
    const actual = points[i]?.[key]
    if (number === null) expect(actual).toBeNull()
    else
      expect(
        Math.abs((actual ?? Number.NaN) - number),
        `${points[i]?.period}: ${actual}, not ${number}`,
      ).toBeLessThanOrEqual(1e-9 * Math.abs(number))
  }
}
