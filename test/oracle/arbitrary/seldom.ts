import fc from 'fast-check'

/** `null` but for one time in `n`; shrinks to `null`. */
export function seldom<T>(arbitrary: fc.Arbitrary<T>, n: number): fc.Arbitrary<T | null> {
  return fc.oneof({ withCrossShrink: true }, { weight: n - 1, arbitrary: fc.constant(null) }, { weight: 1, arbitrary })
}
