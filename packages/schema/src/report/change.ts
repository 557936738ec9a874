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

/** The change between two values. It has no ratio from zero, across a sign, or where a value is undefined. */
export function changeOf(from: number | null, to: number | null): Change {
  if (from === null || to === null) return { from, to, absolute: null, ratio: null }
  const absolute = to - from
  const crosses = Math.sign(from) * Math.sign(to) < 0
  return { from, to, absolute, ratio: from === 0 || crosses ? null : absolute / Math.abs(from) }
}
