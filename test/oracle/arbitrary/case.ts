import { type Event, parseTree, type QueryRequest, type Tree, type TreeInput, type Where } from '@nsm/schema'
import fc from 'fast-check'
import { addDays } from '../calendar.js'
import { compositeDefinition, leafDefinition } from './definition.js'
import { DAYS, eventsArbitrary, instantOf } from './events.js'
import { ENTITIES, EVENT_NAMES, NUMBER, TEXT, TYPE_NAMES } from './names.js'
import { type Place, placeArbitrary } from './place.js'
import { seldom } from './seldom.js'
import { whereArbitrary } from './where.js'

/** A product's tree, all events it ever received, and what is asked of them. */
export interface Case {
  tree: Tree
  events: Event[]
  requests: QueryRequest[]
  now: number
}

const LEAVES = 4

const SEGMENTS = {
  plan: { property: TEXT },
  size: { property: NUMBER, buckets: [0, 2, 5.5] },
  flag: { property: 'flag' },
}

const asked = fc.record({
  metric: fc.nat({ max: 99 }),
  grain: fc.constantFrom('day', 'week', 'month', 'quarter', 'range'),
  from: fc.integer({ min: -4, max: DAYS - 8 }),
  days: fc.integer({ min: 1, max: 20 }),
  segment: seldom(fc.constantFrom(...Object.keys(SEGMENTS)), 4),
  asOf: seldom(
    fc.record({
      day: fc.integer({ min: 5, max: DAYS + 4 }),
      after: fc.constantFrom(0, 1, 12 * 3_600_000),
    }),
    6,
  ),
})

// Mostly one that leaves something over.
const excludeArbitrary = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<Where>({ flag: true }, { plan: ['team', ''] }, { n: { gt: 5 } }) },
  { weight: 1, arbitrary: whereArbitrary },
)

/** Whole cases: a world in one of many zones, with a handful of metrics and queries. */
export function caseArbitrary(maxEvents = 90, maxRequests = 14): fc.Arbitrary<Case> {
  return fc.noBias(
    placeArbitrary.chain((place) =>
      fc
        .record({
          events: eventsArbitrary(place, maxEvents),
          leaves: fc.array(leafDefinition, { minLength: LEAVES, maxLength: LEAVES }),
          composites: fc.array(compositeDefinition(idsOf('leaf', LEAVES)), { minLength: 1, maxLength: 2 }),
          exclude: seldom(excludeArbitrary, 4),
          requests: fc.array(asked, { minLength: 1, maxLength: maxRequests, size: 'max' }),
          now: fc.oneof(
            { weight: 2, arbitrary: fc.constant({ day: DAYS + 400, after: 0 }) },
            {
              weight: 1,
              arbitrary: fc.record({
                day: fc.integer({ min: 20, max: DAYS + 8 }),
                after: fc.integer({ min: 0, max: 23 }).map((hour) => hour * 3_600_000),
              }),
            },
          ),
        })
        .map(({ events, leaves, composites, exclude, requests, now: at }) => {
          const metrics = Object.fromEntries([
            ...leaves.map((definition, i) => [`leaf${i}`, { title: 'leaf', definition }]),
            ...composites.map((composite, i) => [`made${i}`, { title: 'made', ...composite }]),
          ])
          const now = instantOf(place, at)
          const ids = Object.keys(metrics)
          return {
            tree: treeOf(place, metrics, exclude),
            events: events.filter((event) => event.receivedAt <= now),
            requests: requests.map((request) => requestOf(place, request, ids, now)),
            now,
          }
        }),
    ),
  )
}

function idsOf(prefix: string, length: number): string[] {
  return Array.from({ length }, (_, i) => `${prefix}${i}`)
}

function treeOf(place: Place, metrics: Record<string, unknown>, exclude: unknown): Tree {
  const { timezone, weekStart, late } = place
  const tree = parseTree({
    version: 1,
    product: 'A product',
    calendar: { timezone, weekStart, late },
    entities: ENTITIES,
    events: Object.fromEntries([...EVENT_NAMES, ...TYPE_NAMES].map((name) => [name, {}])),
    segments: SEGMENTS,
    northStar: [Object.keys(metrics)[0] as string],
    metrics: metrics as TreeInput['metrics'],
    ...(exclude ? { exclude } : {}),
  } as TreeInput)
  if (!tree.ok) throw new Error(`The generator wrote a tree that is none: ${JSON.stringify(tree.problems)}`)
  return tree.value
}

type Asked = typeof asked extends fc.Arbitrary<infer T> ? T : never

function requestOf(place: Place, request: Asked, ids: readonly string[], now: number): QueryRequest {
  const { metric, grain, from, days, segment, asOf } = request
  const length = grain === 'day' || grain === 'range' ? days : days * (grain === 'week' ? 2 : 4)
  const first = addDays(place.from, from)
  const instant = asOf && Math.min(instantOf(place, asOf), now)
  return {
    metric: ids[metric % ids.length] as string,
    grain: grain as QueryRequest['grain'],
    from: first,
    to: addDays(first, length - 1),
    ...(segment === null ? {} : { segment }),
    ...(instant === null ? {} : { asOf: new Date(instant).toISOString() }),
  }
}
