import { readdirSync, readFileSync } from 'node:fs'
import { messageSchema, parseTree, type Tree, toEvent } from '@nsm/schema'
import { describe, expect, it } from 'vitest'
import { type PeriodGrain, periodsOf } from './calendar.js'
import { evaluate } from './evaluate.js'

const folder = new URL('../vectors/', import.meta.url)
const NOW = Date.parse('2026-11-22T00:00:00Z')

interface Expected {
  values?: (number | null)[]
  numerators?: (number | null)[]
  denominators?: (number | null)[]
  at?: Record<string, number>
  segments?: Record<string, number[]>
}
interface QueryCase {
  name: string
  tree: unknown
  events?: unknown[]
  query: { metric: string; grain: PeriodGrain; from: string; to: string; segment?: string }
  expect: Expected
}
interface BoundaryCase {
  timezone: string
  weekStart: Tree['calendar']['weekStart']
  grain: PeriodGrain
  from: string
  to: string
  why: string
  periods: { id: string; start: string; end: string }[]
}

const files = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')))

for (const { id, cases, events } of files) {
  const queries: QueryCase[] = (cases ?? []).filter((one: Partial<QueryCase>) => one.query && one.tree)
  if (queries.length === 0) continue
  describe(`vector ${id}`, () => {
    it.each(queries.map((one, i) => ({ ...one, i })))('$i: $name', (one) => {
      const tree = parseTree(one.tree)
      if (!tree.ok) throw new Error(JSON.stringify(tree.problems))
      const received = (one.events ?? events).map((raw: unknown) => {
        const message = messageSchema.parse(raw)
        return toEvent(message, {
          receivedAt: message.receivedAt as number,
          messageId: message.messageId as string,
        })
      })
      const { points, segments } = evaluate(tree.value, received, one.query, NOW)
      const { expect: expected } = one
      if (expected.values)
        close(
          points.map((point) => point.value),
          expected.values,
        )
      if (expected.numerators)
        close(
          points.map((point) => point.numerator ?? null),
          expected.numerators,
        )
      if (expected.denominators)
        close(
          points.map((point) => point.denominator ?? null),
          expected.denominators,
        )
      for (const [date, value] of Object.entries(expected.at ?? {}))
        expect(points.find((point) => point.period === date)?.value, date).toBe(value)
      if (expected.segments)
        expect(
          Object.fromEntries(
            Object.entries(segments ?? {}).map(([value, series]) => [value, series.map((point) => point.value)]),
          ),
        ).toEqual(expected.segments)
    })
  })
}

function close(actual: (number | null)[], expected: (number | null)[]): void {
  expect(actual).toHaveLength(expected.length)
  for (const [i, value] of expected.entries()) {
    if (value === null) expect(actual[i]).toBeNull()
    else expect(Math.abs((actual[i] as number) - value)).toBeLessThanOrEqual(1e-9 * Math.abs(value))
  }
}

describe('vector calendar-boundaries', () => {
  const cases: BoundaryCase[] = files.find(({ id }) => id === 'calendar-boundaries').cases
  it.each(cases)('$timezone: $why', ({ timezone, weekStart, grain, from, to, periods }) => {
    const found = periodsOf({ timezone, weekStart, grain: 'week', allowedLateness: '3d' }, grain, from, to)
    expect(found.map(({ firstDay, start, end }) => ({ id: firstDay, start, end }))).toEqual(
      periods.map(({ id, start, end }) => ({ id, start: Date.parse(start), end: Date.parse(end) })),
    )
  })
})
