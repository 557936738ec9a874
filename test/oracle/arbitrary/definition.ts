import type { Definition, Having, Measure, Step } from '@nsm/schema'
import fc from 'fast-check'
import { ENTITIES, EVENT_NAMES, entityName, propertyName, TYPE_NAMES } from './names.js'
import { seldom } from './seldom.js'
import { whereArbitrary } from './where.js'

const eventNames: fc.Arbitrary<string | string[]> = fc.oneof(
  { weight: 10, arbitrary: fc.constantFrom('a', 'b') },
  {
    weight: 2,
    arbitrary: fc.constantFrom<string[]>(['a', 'b'], ['b', 'c', '$page'], ['a', '$group', '$identify', '$alias']),
  },
  { weight: 1, arbitrary: fc.constant('*') },
  { weight: 1, arbitrary: fc.constantFrom(...EVENT_NAMES, ...TYPE_NAMES) },
)

/** Present one time in `n`. */
function sometimes<K extends string, T>(
  key: K,
  arbitrary: fc.Arbitrary<T>,
  n: number,
): fc.Arbitrary<{ [key in K]?: T }> {
  return seldom(arbitrary, n).map((value) => (value === null ? {} : { [key]: value }) as { [key in K]?: T })
}

/** The union of independently drawn keys. */
function together<A extends object, B extends object>(a: fc.Arbitrary<A>, b: fc.Arbitrary<B>): fc.Arbitrary<A & B> {
  return fc.tuple(a, b).map(([one, other]) => ({ ...one, ...other }))
}

const threshold = (max: number) =>
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ gte: fc.integer({ min: 1, max }) }) },
    { weight: 1, arbitrary: fc.record({ lt: fc.integer({ min: 1, max: max + 1 }) }) },
    { weight: 1, arbitrary: fc.constant({ gte: 1, lt: max }) },
  )
/** What can be counted as different: an entity's ids or a property's values. */
const countable = fc.oneof(entityName, propertyName, fc.constantFrom(...Object.keys(ENTITIES)))
const on = <T extends object>(property: fc.Arbitrary<string>, bound: fc.Arbitrary<T>) =>
  fc.tuple(property, bound).map(([name, limits]) => ({ property: name, ...limits }))

const havingTests: fc.Arbitrary<Having> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ count: threshold(4) }) },
  { weight: 2, arbitrary: fc.record({ days: threshold(3) }) },
  { weight: 2, arbitrary: fc.record({ sum: on(propertyName, threshold(8)) }) },
  { weight: 2, arbitrary: fc.record({ unique: on(countable, threshold(3)) }) },
  { weight: 1, arbitrary: fc.record({ count: threshold(3), unique: on(countable, threshold(2)) }) },
)
/** With `by` always, where the kind names no entity; else sometimes. */
const havingBy = together(havingTests, fc.record({ by: entityName })) as fc.Arbitrary<Having>
const having = fc.oneof({ weight: 3, arbitrary: havingTests }, { weight: 1, arbitrary: havingBy })

/** Events by name, some of them filtered. */
export const leafRows = together(fc.record({ event: eventNames }), sometimes('where', whereArbitrary, 4))
const window = sometimes('window', fc.constantFrom('7d', '1d', '28d', '3d', 'to-date', 'all'), 4)
/** Rows with all that a kind may ask of them that names no entity. */
const anonymousRows = together(together(leafRows, window), sometimes('having', havingBy, 4))
/** Rows with all that a kind may ask of them that names an entity. */
export const entityRows = together(together(leafRows, window), sometimes('having', having, 3))
const step = together(
  together(leafRows, sometimes('first', fc.boolean(), 4)),
  sometimes('having', havingTests, 4),
) as fc.Arbitrary<Step>

const stat = fc.constantFrom('mean', 'median', 'min', 'max', 'p90', 'p25', 'p99.9', 'p0', 'p100')
const measure: fc.Arbitrary<Measure> = fc.oneof(
  fc.constantFrom<Measure>('count', 'days'),
  fc.record({ sum: propertyName }),
  fc.record({ unique: countable }),
)

const count = anonymousRows.map((modifiers) => ({ kind: 'count' as const, ...modifiers }))
const sum = together(anonymousRows, fc.record({ property: propertyName })).map((rest) => ({
  kind: 'sum' as const,
  ...rest,
}))
const unique = together(
  together(entityRows, fc.record({ of: entityName })),
  sometimes('lifecycle', fc.constantFrom('new', 'returning', 'resurrected', 'dormant'), 3),
).map((rest) => ({ kind: 'unique' as const, ...rest }))
const averageOfEvents = together(anonymousRows, fc.record({ property: propertyName, stat }))
const averageOfEntities = together(entityRows, fc.record({ per: entityName, measure, stat }))
const average = fc.oneof(averageOfEvents, averageOfEntities).map((rest) => ({ kind: 'average' as const, ...rest }))
const conversion = fc
  .record({
    of: entityName,
    from: step,
    to: step,
    within: fc.constantFrom('30m', '24h', '1d', '7d', '2w', '9d'),
    stat: fc.constantFrom('rate', 'count', 'median_time'),
  })
  .map((rest) => ({ kind: 'conversion' as const, ...rest }))
const retention = fc
  .record({
    of: entityName,
    from: step,
    to: step,
    after: fc.integer({ min: 0, max: 3 }),
    mode: fc.constantFrom('on', 'on_or_after'),
  })
  .map((rest) => ({ kind: 'retention' as const, ...rest }))
const stock = together(
  together(leafRows, fc.record({ of: entityName })),
  together(
    together(sometimes('state', whereArbitrary, 3), sometimes('sum', propertyName, 3)),
    sometimes('expires', fc.constantFrom('1d', '7d', '12h', '2w'), 2),
  ),
).map((rest) => ({ kind: 'stock' as const, ...rest }))

/** A definition that looks at events itself. */
export const leafDefinition = fc.oneof(
  count,
  sum,
  unique,
  average,
  conversion,
  retention,
  stock,
) as unknown as fc.Arbitrary<Definition>

export interface Composite {
  definition: Definition
  formula?: { product: string[] } | { sum: (string | [string, number])[] }
}

/** A definition made of others: named ones by index, or written inside. */
export function compositeDefinition(ids: readonly string[]): fc.Arbitrary<Composite> {
  const id = fc.constantFrom(...ids)
  const part = fc.oneof({ weight: 1, arbitrary: id }, { weight: 2, arbitrary: leafDefinition })
  const ratio = fc
    .record({ numerator: part, denominator: part })
    .map((halves) => ({ kind: 'ratio' as const, ...halves }))
  return fc.oneof(
    { weight: 3, arbitrary: ratio.map((definition) => ({ definition })) },
    {
      weight: 1,
      arbitrary: fc
        .record({ numerator: fc.oneof(ratio, id), denominator: part })
        .map((halves) => ({ definition: { kind: 'ratio' as const, ...halves } })),
    },
    {
      weight: 1,
      arbitrary: fc
        .array(id, { minLength: 1, maxLength: 3 })
        .map((product) => ({ definition: { kind: 'derived' as const }, formula: { product } })),
    },
    {
      weight: 1,
      arbitrary: fc
        .array(fc.oneof(id, fc.tuple(id, fc.constantFrom(-1, 2, 0.5))), { minLength: 1, maxLength: 3 })
        .map((sum) => ({ definition: { kind: 'derived' as const }, formula: { sum } })),
    },
  ) as unknown as fc.Arbitrary<Composite>
}

/** Metrics of the same few events and one entity: what a product's tree is like, and what may be read together. */
export const kindredMetrics: fc.Arbitrary<Record<string, object>> = fc
  .record({ rows: leafRows, others: leafRows, of: entityName, property: propertyName, having: havingTests })
  .map(({ rows, others, of, property, having }) => {
    const definitions = [
      { kind: 'unique', of, ...rows },
      { kind: 'count', ...rows },
      { kind: 'sum', ...rows, property },
      { kind: 'unique', of, ...rows, having },
      { kind: 'average', ...rows, per: of, measure: 'count', stat: 'median' },
      { kind: 'average', ...rows, property, stat: 'mean' },
      { kind: 'unique', of, ...rows, window: '7d' },
      { kind: 'unique', of, ...rows, lifecycle: 'new' },
      { kind: 'count', ...others, having: { ...having, by: of } },
      { kind: 'unique', of, ...others },
      { kind: 'conversion', of, from: rows, to: others, within: '7d' },
      { kind: 'retention', of, from: rows, to: others, after: 1 },
      { kind: 'stock', of, ...rows, sum: property },
      { kind: 'ratio', numerator: 'leaf1', denominator: 'leaf0' },
      { kind: 'ratio', numerator: { kind: 'count', ...others }, denominator: 'leaf1' },
    ]
    return Object.fromEntries(definitions.map((definition, i) => [`leaf${i}`, { title: 'kin', definition }]))
  })
