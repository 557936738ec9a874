import type { Change } from '@nsm/schema'

/**
 * The change between two values. The ratio is of the size of the first, so that its sign is the way the value went;
 * `null` from zero, across a sign and where a value is undefined.
 */
export function changeOf(from: number | null, to: number | null): Change {
  if (from === null || to === null) return { from, to, absolute: null, ratio: null }
  const absolute = to - from
  return { from, to, absolute, ratio: from === 0 || from * to < 0 ? null : absolute / Math.abs(from) }
}
