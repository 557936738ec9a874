import { type Event, parseTree, type QueryRequest, type Tree, type TreeInput, type Where } from '@nsm/schema'
import fc from 'fast-check'
import { addDays } from '../calendar.js'
import { compositeDefinition, leafDefinition } from './definition.js'
import { DAYS, eventsArbitrary, instantOf, type Moment } from './events.js'
import { ENTITIES, EVENT_NAMES, NUMBER, TEXT, TYPE_NAMES } from './names.js'
import { type Place, placeArbitrary } from './place.js'
import { seldom } from './seldom.js'
import { whereArbitrary } from './where.js'

/** A product's tree, all events it ever received, and what is asked of them. */
export interface Case {
  tree: Tree
  /** Copies among them, in the order in which they come to the store. */
  events: Event[]
  /** How many of the events come in a first delivery of their own. */
  cut: number
  requests: QueryRequest[]
  now: number
}

export type Metrics = Record<string, object>

const HOUR = 3_600_000
const LEAVES = 4
const LEAF_IDS = Array.from({ length: LEAVES }, (_, i) => `leaf${i}`)

const SEGMENTS = {
  plan: { property: TEXT },
  size: { property: NUMBER, buckets: [0, 2, 5.5] },
  flag: { property: 'flag' },
}

/** Metrics of every kind, some of them made of the others. */
const anyMetrics: fc.Arbitrary<Metrics> = fc
  .record({
    leaves: fc.array(leafDefinition, { minLength: LEAVES, maxLength: LEAVES }),
    composites: fc.array(compositeDefinition(LEAF_IDS), { minLength: 1, maxLength: 2 }),
  })
  .map(({ leaves, composites }) =>
    Object.fromEntries([
      ...leaves.map((definition, i) => [LEAF_IDS[i], { title: 'leaf', definition }]),
      ...composites.map((composite, i) => [`made${i}`, { title: 'made', ...composite }]),
    ]),
  )

const asked = fc.record({
  metric: fc.nat({ max: 99 }),
  grain: fc.constantFrom('day' as const, 'week' as const, 'month' as const, 'quarter' as const, 'range' as const),
  from: fc.integer({ min: -4, max: DAYS - 8 }),
  days: fc.oneof(
    { weight: 15, arbitrary: fc.integer({ min: 1, max: 20 }) },
    // More periods than fit into one or two numbers of bits.
    { weight: 1, arbitrary: fc.constantFrom(63, 64, 65, 130, 600) },
  ),
  segment: seldom(fc.constantFrom(...Object.keys(SEGMENTS)), 4),
  asOf: seldom(
    fc.oneof<fc.Arbitrary<Moment | { receiptOf: number }>[]>(
      fc.record({ day: fc.integer({ min: 5, max: DAYS + 4 }), after: fc.constantFrom(0, 1, 12 * HOUR) }),
      fc.record({ receiptOf: fc.nat() }),
    ),
    5,
  ),
})

// Mostly one that leaves something over.
const excludeArbitrary = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<Where>({ flag: true }, { plan: ['team', ''] }, { n: { gt: 5 } }) },
  { weight: 1, arbitrary: whereArbitrary },
)

const moments = fc.oneof(
  { weight: 2, arbitrary: fc.constant({ day: DAYS + 400, after: 0 }) },
  {
    weight: 1,
    arbitrary: fc.record({
      day: fc.integer({ min: 20, max: DAYS + 8 }),
      after: fc.integer({ min: 0, max: 23 }).map((hour) => hour * HOUR),
    }),
  },
)

/** Whole cases: a world in one of many zones, with a handful of metrics and queries. */
export function caseArbitrary(metrics = anyMetrics, maxRequests = 28): fc.Arbitrary<Case> {
  const cases = placeArbitrary.chain((place) =>
    fc
      .record({
        events: eventsArbitrary(place),
        cut: seldom(fc.nat({ max: 60 }), 3),
        metrics,
        exclude: seldom(excludeArbitrary, 4),
        requests: fc.array(asked, { minLength: 1, maxLength: maxRequests, size: 'max' }),
        at: moments,
      })
      .map(({ events, cut, metrics, exclude, requests, at }): Case => {
        const now = instantOf(place, at)
        const known = events.filter((event) => event.receivedAt <= now)
        return {
          tree: treeOf(place, metrics, exclude),
          events: known,
          cut: cut ?? 0,
          requests: requests.map((request) => requestOf(request, place, known, Object.keys(metrics), now)),
          now,
        }
      }),
  )
  return fc.noBias(cases)
}

function treeOf(place: Place, metrics: Metrics, exclude: Where | null): Tree {
  const { timezone, weekStart, allowedLateness } = place
  const input = {
    version: 1,
    product: 'A product',
    calendar: { timezone, weekStart, allowedLateness },
    entities: ENTITIES,
    events: Object.fromEntries([...EVENT_NAMES, ...TYPE_NAMES].map((name) => [name, {}])),
    segments: SEGMENTS,
    northStar: [Object.keys(metrics)[0] as string],
    metrics: metrics as TreeInput['metrics'],
    ...(exclude ? { exclude } : {}),
  } satisfies TreeInput
  const tree = parseTree(input)
  if (!tree.ok) throw new Error(`The generator wrote an invalid tree: ${JSON.stringify(tree.problems)}`)
  return tree.value
}

type Asked = typeof asked extends fc.Arbitrary<infer T> ? T : never

function requestOf(
  { metric, grain, from, days, segment, asOf }: Asked,
  place: Place,
  events: readonly Event[],
  ids: readonly string[],
  now: number,
): QueryRequest {
  const length = grain === 'day' || grain === 'range' ? days : days * (grain === 'week' ? 2 : 4)
  const first = addDays(place.from, from)
  const instant =
    asOf && ('day' in asOf ? instantOf(place, asOf) : (events[asOf.receiptOf % events.length]?.receivedAt ?? now))
  return {
    metric: ids[metric % ids.length] as string,
    grain,
    from: first,
    to: addDays(first, length - 1),
    ...(segment === null ? {} : { segment }),
    ...(instant === null ? {} : { asOf: new Date(Math.min(instant, now)).toISOString() }),
  }
}
