import fc from 'fast-check'
import { NAMES_SEED } from '../../seed.js'

const ODD = `it's \`odd\` "?" \\ %s {x:String} -- ; /*`

/** What means something in SQL, JSON, a template, a path, a pattern or a C string, and much that does not. */
const PIECES = [
  ...String.raw`' " \ \\ \' . % %2E _ $ ? { } {x:String} ( ) [ ] ; , -- /* */ # || = < & @ : / * + ^`.split(' '),
  ...'`,\0,\n,\r,\t,\u001f,\u007f,\u00a0,\u2028,\ufeff,\u200b,é,e\u0301,İ,ß,漢,😀,👩‍👩‍👧,\u202e,\ufffd'.split(','),
  ...'a|Z|0| |NULL|null|true|SELECT|DROP TABLE events|FORMAT JSON|p|c|0x41|1e5|-1'.split('|'),
]
/** Names that anything could trip over, others in every run. */
const oddNames = fc.sample(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 12 }).map((parts) => parts.join('')),
    },
    { weight: 1, arbitrary: fc.constantFrom(...PIECES).map((piece) => piece.repeat(10_000).slice(0, 10_000)) },
  ),
  { seed: NAMES_SEED, numRuns: 6 },
) as [string, string, string, string, string, string]
/** One that can be a step of a path into an event. */
const step = oddNames[5].replaceAll('.', '') || 'step'

/** Event names; the last few are what nobody should send and somebody will. */
export const EVENT_NAMES = ['a', 'b', 'c', ODD, 'a.b 😀 ÿ', 'x'.repeat(300), ...oddNames.slice(0, 3)] as const
/** What the events of other types are called. */
export const TYPE_NAMES = ['$page', '$screen', '$identify', '$group', '$alias'] as const
/** Property names; some are also what other things are called. */
export const PROPERTIES = [
  'n',
  'plan',
  'flag',
  'a.b',
  'a',
  'a%2Eb',
  'N',
  'user',
  'time',
  'constructor',
  ODD,
  '😀',
  'y'.repeat(300),
  ...oddNames.slice(2, 5),
] as const
/** The property that is mostly a number. */
export const NUMBER = 'n'
/** The property that is mostly a text. */
export const TEXT = 'plan'

export const propertyName: fc.Arbitrary<string> = fc.oneof(
  { weight: 5, arbitrary: fc.constant(NUMBER) },
  { weight: 3, arbitrary: fc.constant(TEXT) },
  { weight: 3, arbitrary: fc.constantFrom(...PROPERTIES) },
)

/** Entities beside the two built in: at the default place, where Segment puts it, and wherever else an id may stand. */
export const ENTITIES = {
  team: {},
  account: { id: 'context.groupId' },
  listing: { id: 'properties.a.id' },
  company: { id: 'groupId' },
  tier: { id: 'traits.plan' },
  odd: { id: `context.${step}` },
  inner: { id: `properties.a.${step}` },
} as const
/** Where the ids of the last two stand. */
export const ODD_STEP = step
export const entityName: fc.Arbitrary<string> = fc.oneof(
  { weight: 5, arbitrary: fc.constant('user') },
  { weight: 3, arbitrary: fc.constant('team') },
  { weight: 1, arbitrary: fc.constantFrom('session', 'account', 'listing', 'company', 'tier', 'odd', 'inner') },
)

/** Numbers whose sums are exact in any order. */
export const exactNumber: fc.Arbitrary<number> = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 6 }) },
  { weight: 2, arbitrary: fc.integer({ min: -64, max: 64 }).map((quarter) => quarter / 4) },
  { weight: 1, arbitrary: fc.constantFrom(2 ** 40, -0.5, 1e6) },
)

export const text: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('pro', 'free', 'team') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('', '5', 'true', 'null', '(none)', ODD, '😀', 'PRO', 'a\0b\n\t', ...oddNames),
  },
)

/** A user's id that anything could trip over; the wire takes 200 characters. */
export const ODD_ID = [...oddNames[0]].slice(0, 60).join('')
