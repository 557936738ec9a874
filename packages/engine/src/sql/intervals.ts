import type { Interval } from '../plan/interval.js'

/** SQL that says in which of some intervals an event lies. */
export interface Assignment {
  /** A column: the key of a interval; an event in several intervals becomes several rows. */
  key: string
  /** All that can stand in that column. */
  keys: readonly number[]
  /**
   * Where intervals overlap: a column that is the same for events in the same intervals, and the keys as made of that column
   * (called `part`), so that events can be folded before they are multiplied.
   */
  parts?: { part: string; keys: string }
  /** What events must satisfy to be in any. */
  condition: string
  /** The intervals (by position) that a key stands for. */
  positions(key: number): readonly number[]
  /** The key of a interval (by position); undefined for one that is empty, in which nothing lies. */
  keyOf(position: number): number | undefined
}

/** Assigns events to intervals by their `time`. */
export function assign(intervals: readonly Interval[]): Assignment {
  const full = intervals
    .map((interval, position) => ({ ...interval, position }))
    .filter(({ start, end }) => start < end)
  const sorted = [...full].sort((a, b) => a.start - b.start)
  const condition = anyOf(sorted)
  const apart = sorted.every(({ start }, i) => i === 0 || start >= (sorted[i - 1] as Interval).end)
  if (!apart) return overlapping(full, condition)
  const byStart = new Map(sorted.map(({ start, position }) => [instant(start), [position]]))
  const places = new Map(sorted.map(({ start, position }) => [position, instant(start)]))
  const bounds = [...new Set(sorted.flatMap(({ start, end }) => [instant(start), instant(end)]))]
  const keys = sorted.length < 2 ? [bounds[0] ?? 0] : bounds
  return {
    key: sorted.length < 2 ? `toInt64(${keys[0]})` : floorTo(bounds),
    keys,
    condition,
    // Keys of the gaps between intervals stand for none.
    positions: (key) => byStart.get(key) ?? [],
    keyOf: (position) => places.get(position),
  }
}

/** Between two neighboring bounds all events lie in the same intervals. */
function overlapping(full: readonly (Interval & { position: number })[], condition: string): Assignment {
  const bounds = [...new Set(full.flatMap(({ start, end }) => [instant(start), instant(end)]))].sort((a, b) => a - b)
  const lists = bounds.map((bound) =>
    full.flatMap(({ start, end }, i) => (instant(start) <= bound && bound < instant(end) ? [i + 1] : [])),
  )
  const part = `indexOf(CAST([${bounds.join(', ')}], 'Array(Int64)'), ${floorTo(bounds)})`
  const keysOf = (column: string) =>
    `arrayJoin(CAST([${lists.map((list) => `[${list.join(', ')}]`).join(', ')}], 'Array(Array(Int64))')[${column}])`
  return {
    key: keysOf(part),
    keys: full.map((_, i) => i + 1),
    parts: { part, keys: keysOf('part') },
    condition,
    positions: (key) => [(full[key - 1] as { position: number }).position],
    keyOf: (position) => {
      const i = full.findIndex((interval) => interval.position === position)
      return i < 0 ? undefined : i + 1
    },
  }
}

/** In any of some intervals, which are sorted by their starts: as few ranges as there are gaps, so that gaps are not read. */
function anyOf(sorted: readonly Interval[]): string {
  const joined: Interval[] = []
  for (const { start, end } of sorted) {
    const last = joined.at(-1)
    if (last && start <= last.end) last.end = Math.max(last.end, end)
    else joined.push({ start, end })
  }
  if (joined.length === 0) return '0'
  return joined.length === 1
    ? within(joined[0] as Interval)
    : `(${joined.map((interval) => `(${within(interval)})`).join(' OR ')})`
}

/** The greatest of some instants that is not after `time`. */
export function floorTo(bounds: readonly number[]): string {
  return roundedDown('time', bounds)
}

/** The greatest of some instants that is not after that in a column; the least where all are. */
export function roundedDown(column: string, bounds: readonly number[]): string {
  return `roundDown(${column}, CAST([${bounds.join(', ')}], 'Array(Int64)'))`
}

/** A condition on `time`; without an end that is infinite. */
export function within({ start, end }: Interval): string {
  if (start >= end) return '0'
  const tests = [
    ...(start === Number.NEGATIVE_INFINITY ? [] : [`time >= ${start}`]),
    ...(end === Number.POSITIVE_INFINITY ? [] : [`time < ${end}`]),
  ]
  return tests.length > 0 ? tests.join(' AND ') : '1'
}

/** Before and after all instants that a JavaScript date can be (±8.64e15 ms). */
const EVER = 9_000_000_000_000_000

/** An instant as a number that SQL can hold, also where it is infinite. */
export function instant(time: number): number {
  return Math.max(-EVER, Math.min(EVER, time))
}
