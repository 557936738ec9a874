import fc from 'fast-check'

const ODD = `it's \`odd\` "?" \\ %s {x:String} -- ; /*`

/** Event names; the last few are what nobody should send and somebody will. */
export const EVENT_NAMES = ['a', 'b', 'c', ODD, 'a.b 😀 ÿ', 'x'.repeat(300)] as const
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
} as const
export const entityName: fc.Arbitrary<string> = fc.oneof(
  { weight: 5, arbitrary: fc.constant('user') },
  { weight: 3, arbitrary: fc.constant('team') },
  { weight: 1, arbitrary: fc.constantFrom('session', 'account', 'listing', 'company', 'tier') },
)

/** Numbers whose sums are exact in any order. */
export const exactNumber: fc.Arbitrary<number> = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 6 }) },
  { weight: 2, arbitrary: fc.integer({ min: -64, max: 64 }).map((quarter) => quarter / 4) },
  { weight: 1, arbitrary: fc.constantFrom(2 ** 40, -0.5, 1e6) },
)

export const text: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('pro', 'free', 'team') },
  { weight: 1, arbitrary: fc.constantFrom('', '5', 'true', 'null', '(none)', ODD, '😀', 'PRO', 'a\0b\n\t') },
)
