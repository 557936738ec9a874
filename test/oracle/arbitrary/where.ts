import type { PropertyTest, Scalar, Where } from '@nsm/schema'
import fc from 'fast-check'
import { exactNumber, NUMBER, propertyName, TEXT, text } from './names.js'

const scalar: fc.Arbitrary<Scalar> = fc.oneof(
  { weight: 3, arbitrary: text },
  { weight: 3, arbitrary: exactNumber },
  { weight: 1, arbitrary: fc.boolean() },
)
const scalars = fc.array(scalar, { minLength: 1, maxLength: 3 })
const atLeastOne = <T extends object>(arbitrary: fc.Arbitrary<T>) =>
  arbitrary.filter((value) => Object.keys(value).length > 0)

const bounds = atLeastOne(
  fc.record({ gt: exactNumber, gte: exactNumber, lt: exactNumber, lte: exactNumber }, { requiredKeys: [] }),
)
const test: fc.Arbitrary<PropertyTest> = fc.oneof(
  scalar,
  scalars,
  bounds,
  fc.record({ not: fc.oneof(scalar, scalars) }),
  fc.record({ exists: fc.boolean() }),
  fc.record({ contains: fc.constantFrom('pro', 'r', '5', "'", '%', '_', '\\') }),
  fc.record({ not: scalar, gte: exactNumber }),
)

// Mostly tests that some events pass.
const likely: fc.Arbitrary<Where> = fc.oneof(
  fc.record({
    [TEXT]: fc.constantFrom<PropertyTest>(
      'pro',
      ['pro', 'free'],
      { not: 'pro' },
      { exists: true },
      { contains: 'pro' },
    ),
  }),
  fc.record({ [NUMBER]: fc.constantFrom<PropertyTest>({ gte: 2 }, { gt: 0, lt: 5 }, { lte: 3 }, 1, { not: [1, 2] }) }),
  fc.record({ flag: fc.constantFrom<PropertyTest>(true, false, { not: true }) }),
)

const keys: fc.Arbitrary<Where> = fc
  .array(fc.tuple(propertyName, test), { minLength: 1, maxLength: 2 })
  .map((entries) => Object.fromEntries(entries))

export const whereArbitrary: fc.Arbitrary<Where> = fc.oneof(
  { weight: 8, arbitrary: likely },
  { weight: 3, arbitrary: keys },
  { weight: 1, arbitrary: fc.array(fc.oneof(likely, keys), { minLength: 1, maxLength: 2 }).map((any) => ({ any })) },
  {
    weight: 1,
    arbitrary: fc
      .record({ likely, any: fc.array(fc.oneof(likely, keys), { minLength: 1, maxLength: 2 }) })
      .map(({ likely, any }) => ({ ...likely, any })),
  },
)
