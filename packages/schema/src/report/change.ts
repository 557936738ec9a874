import { z } from 'zod'

const value = z.number().nullable()

export const changeSchema = z.object({
  from: value,
  to: value,
  absolute: value,
  /** Of the size of `from`, so that its sign is the way the value went; see {@link changeOf}. */
  ratio: value,
})
/** A change between two values. */
export type Change = z.infer<typeof changeSchema>

/**
 * The change between two values. It has no ratio from zero, across a sign, where a value is undefined, or where the
 * result is too large for a number.
 */
export function changeOf(from: number | null, to: number | null): Change {
  if (from === null || to === null) return { from, to, absolute: null, ratio: null }
  const absolute = to - from
  const crosses = Math.sign(from) * Math.sign(to) < 0
  const ratio = from === 0 || crosses ? null : finite(absolute / Math.abs(from))
  return { from, to, absolute: finite(absolute), ratio }
}

function finite(result: number): number | null {
  return Number.isFinite(result) ? result : null
}
