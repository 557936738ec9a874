import type { Entity } from './plan.js'
import { type Column, selectEvents } from './rows.js'
import type { Scene, Span } from './scene.js'
import { labelOf } from './segment.js'
import { floorTo, instant } from './spans.js'
import { byKey, type Question } from './table.js'

/** More bits than this are not kept for every entity. */
const MOST_BITS = 512
const WORD = 64
/** Of fewer spans, a question that shares its pass with others costs less. */
const FEWEST_SPANS = 8

/**
 * In which of some spans of time an entity did something, as bits in a few numbers. Spans may overlap: a bit stands for
 * the time between two neighbouring bounds. One number an entity, made in one pass, answers for all spans at once.
 */
export interface Bits {
  /** What is needed of every event: its bit, as one number for each word. Only of events that lie in some span. */
  columns(alias: string, condition?: string): Record<string, Column>
  /** The aggregates over an entity's events. */
  collected(alias: string): string[]
  /** Whether anything was done in any of some spans (by position). */
  anyOf(alias: string, positions: Iterable<number>): string
}

/** The bits of some spans; undefined where there are too many. */
export function bitsOf(spans: readonly Span[]): Bits | undefined {
  const full = spans.filter(({ start, end }) => start < end)
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
        const { start, end } = spans[position] as Span
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

/**
 * Whether bits cost less than a set of entities for each span, where spans do not overlap: one number an entity holds so
 * many. Where who a user is has to be looked up, that is most of the cost.
 */
export function isCheaper(scene: Scene, entity: Entity, spans: readonly Span[]): boolean {
  const lookedUp = entity.id === 'user' && scene.linked
  return !lookedUp && spans.length >= FEWEST_SPANS && spans.length < WORD
}

/** Each entity with an id (and each of its segments) once, with the bits of its events. */
export function entityBits(
  scene: Scene,
  entity: Entity,
  kinds: Record<string, { bits: Bits; condition?: string }>,
  conditions: readonly string[],
): string {
  const { column, shown, also } = labelOf(scene.segment)
  const columns = Object.entries(kinds).map(([alias, { bits, condition }]) => bits.columns(alias, condition))
  const events = selectEvents(scene, Object.assign({ ...column, e: entity }, ...columns), conditions)
  const collected = Object.entries(kinds).flatMap(([alias, { bits }]) => bits.collected(alias))
  return `SELECT ${shown} AS s, ${collected.join(', ')} FROM (${events}) GROUP BY e${also} HAVING e != ''`
}

/**
 * Counts, for each slice, the entities that pass its test: rows of a slice's position, a segment, and a number for each
 * list of tests.
 */
export function countEach(entities: string, lists: readonly (readonly string[])[]): Question {
  const counts = lists.map((tests, i) => `[${tests.map((test) => `countIf(${test})`).join(', ')}] AS c${i}`)
  const names = lists.map((_, i) => `n${i}`)
  return {
    sql: `SELECT i, s, ${names.join(', ')} FROM (SELECT s, ${counts.join(', ')} FROM (${entities}) GROUP BY s)
      ARRAY JOIN arrayEnumerate(c0) AS i, ${lists.map((_, i) => `c${i} AS n${i}`).join(', ')}`,
    read: byKey((key) => [key - 1]),
  }
}
