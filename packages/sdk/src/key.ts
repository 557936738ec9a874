/**
 * Where a record stands in the outbox. IndexedDB sorts arrays item by item, so keys alone give the oldest first, the
 * size of everything and the identity of each, without reading a record.
 */
export type Key = [
  /** When it was stored; ms. */
  time: number,
  messageId: string,
  bytes: number,
  /** Before this (ms) it is the draft of a timed moment that may still grow. 0: an event. */
  due: number,
]

const AGE_MS = 7 * 24 * 3_600_000
export const COUNT = 1_000
export const BYTES = 1_000_000

type Excess = [reason: 'age' | 'count' | 'bytes', keys: Key[]][]

/** Keys, oldest first, as those that may stay and those that have to go for the rest to be within the bounds. */
export function excess(keys: Key[], now: number): [stay: Key[], go: Excess] {
  const age: Key[] = []
  const count: Key[] = []
  const bytes: Key[] = []
  let sum = keys.reduce((all, key) => all + key[2], 0)
  let i = 0
  for (; i < keys.length; i++) {
    const key = keys[i] as Key
    const over = key[0] < now - AGE_MS ? age : keys.length - i > COUNT ? count : sum > BYTES && bytes
    if (!over) break
    over.push(key)
    sum -= key[2]
  }
  return [
    keys.slice(i),
    [
      ['age', age],
      ['count', count],
      ['bytes', bytes],
    ],
  ]
}

/** The first keys that fit into `count` and `bytes`. */
export function take(keys: Key[], count: number, bytes: number): Key[] {
  let room = bytes
  const end = keys.findIndex((key, i) => {
    room -= key[2]
    return i >= count || room < 0
  })
  return end < 0 ? keys : keys.slice(0, end)
}
