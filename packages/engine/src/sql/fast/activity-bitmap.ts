import type { Interval } from '../../plan/interval.js'
import type { Entity } from '../../plan/plan.js'
import type { Statement } from '../batch.js'
import type { QueryContext } from '../context.js'
import { type Column, selectEvents } from '../fragments/events.js'
import { labelOf } from '../fragments/segment.js'
import { floorTo, instant } from '../intervals.js'
import { byKey } from '../table.js'

/** More bits than this are not kept for every entity. */
const MOST_BITS = 512
const WORD = 64

/**
 * In which of some intervals of time an entity did something, as bits in a few numbers. Intervals may overlap: a bit stands for
 * the time between two neighboring bounds. One number per entity, made in one scan, answers for all intervals at once.
 */
export interface ActivityBitmap {
  /** What is needed of every event: its bit, as one number for each word. Only of events that lie in some interval. */
  columns(alias: string, condition?: string): Record<string, Column>
  /** The aggregates over an entity's events. */
  collected(alias: string): string[]
  /** Whether anything was done in any of some intervals (by position). */
  anyOf(alias: string, positions: Iterable<number>): string
}

/** The bits of some intervals; undefined where there are too many. */
export function activityBitmap(intervals: readonly Interval[]): ActivityBitmap | undefined {
  const full = intervals.filter(({ start, end }) => start < end)
  const bounds = [...new Set(full.flatMap(({ start, end }) => [instant(start), instant(end)]))].sort((a, b) => a - b)
  if (bounds.length > MOST_BITS) return undefined
  const words = Array.from({ length: Math.max(1, Math.ceil(bounds.length / WORD)) }, (_, word) => word)
  const within = (word: number) => bounds.slice(word * WORD, (word + 1) * WORD)
  const place = new Map(bounds.map((bound, i) => [bound, i]))
  return {
    columns(alias, condition) {
      return Object.fromEntries(
        words.map((word) => {
          const own = within(word)
          const masks = own.map((_, i) => 1n << BigInt(i))
          const bit =
            own.length === 0
              ? 'toUInt64(0)'
              : `transform(${floorTo(bounds)}, CAST([${own}], 'Array(Int64)'), CAST([${masks}], 'Array(UInt64)'), toUInt64(0))`
          return [`${alias}${word}`, condition === undefined ? bit : `if(${condition}, ${bit}, toUInt64(0))`]
        }),
      )
    },
    collected: (alias) => words.map((word) => `groupBitOr(${alias}${word}) AS ${alias}_${word}`),
    anyOf(alias, positions) {
      const masks = words.map(() => 0n)
      for (const position of positions) {
        const { start, end } = intervals[position] as Interval
        if (start >= end) continue
        for (let i = place.get(instant(start)) as number; (bounds[i] as number) < instant(end); i++) {
          const word = Math.floor(i / WORD)
          masks[word] = (masks[word] as bigint) | (1n << BigInt(i % WORD))
        }
      }
      const tests = words.flatMap((word) =>
        masks[word] === 0n ? [] : [`bitAnd(${alias}_${word}, toUInt64(${masks[word]})) != 0`],
      )
      return tests.length === 0 ? '0' : `(${tests.join(' OR ')})`
    },
  }
}

/** Each entity with an id (and each of its segments) once, with the bits of its events. */
export function entityActivity(
  context: QueryContext,
  entity: Entity,
  kinds: Record<string, { bits: ActivityBitmap; condition?: string }>,
  conditions: readonly string[],
): string {
  const { column, shown, also } = labelOf(context.segment)
  const columns = Object.entries(kinds).map(([alias, { bits, condition }]) => bits.columns(alias, condition))
  const events = selectEvents(context, Object.assign({ ...column, entity: entity }, ...columns), conditions)
  const collected = Object.entries(kinds).flatMap(([alias, { bits }]) => bits.collected(alias))
  return `SELECT ${shown} AS segment, ${collected.join(', ')} FROM (${events}) GROUP BY entity${also} HAVING entity != ''`
}

/**
 * Counts, for each slice, the entities that scan its test: rows of a slice's position, a segment, and a number for each
 * list of tests.
 */
export function countEach(entities: string, lists: readonly (readonly string[])[]): Statement {
  const counts = lists.map((tests, i) => `[${tests.map((test) => `countIf(${test})`).join(', ')}] AS c${i}`)
  const names = lists.map((_, i) => `n${i}`)
  return {
    sql: `SELECT i, segment, ${names.join(', ')} FROM (SELECT segment, ${counts.join(', ')} FROM (${entities}) GROUP BY segment)
      ARRAY JOIN arrayEnumerate(c0) AS i, ${lists.map((_, i) => `c${i} AS n${i}`).join(', ')}`,
    read: byKey((key) => [key - 1]),
  }
}
