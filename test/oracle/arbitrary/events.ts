import type { Event, MessageType } from '@nsm/schema'
import fc from 'fast-check'
import { addDays, startOfDay } from '../calendar.js'
import { EVENT_NAMES, exactNumber, NUMBER, ODD_ID, ODD_STEP, PROPERTIES, TEXT, text } from './names.js'
import type { Place } from './place.js'
import { seldom } from './seldom.js'

/** How many local days the events of a world lie on. */
export const DAYS = 36

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** A moment as a local day and what has passed since its first instant; negative is just before it. */
export interface Moment {
  day: number
  /** Whether the day is counted from the odd one. */
  odd?: boolean
  after: number
}

const moment: fc.Arbitrary<Moment> = fc
  .record({
    date: fc.oneof(
      { weight: 10, arbitrary: fc.integer({ min: 0, max: DAYS - 1 }).map((day) => ({ day })) },
      { weight: 3, arbitrary: fc.constantFrom(0, -1, 1).map((day) => ({ day, odd: true })) },
      { weight: 1, arbitrary: fc.integer({ min: -200, max: -1 }).map((day) => ({ day })) },
    ),
    after: fc.oneof(
      { weight: 2, arbitrary: fc.constant(0) },
      { weight: 3, arbitrary: fc.constantFrom(-1, 1, HOUR, 2 * HOUR, 23 * HOUR, 30 * MINUTE) },
      { weight: 5, arbitrary: fc.integer({ min: 0, max: 47 }).map((half) => half * 30 * MINUTE) },
    ),
  })
  .map(({ date, after }) => ({ ...date, after }))

export function instantOf(place: Place, { day, odd, after }: Moment): number {
  return startOfDay(place.timezone, addDays(odd ? place.night : place.from, day)) + after
}

const value: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: exactNumber },
  { weight: 3, arbitrary: text },
  { weight: 1, arbitrary: fc.boolean() },
  {
    weight: 3,
    arbitrary: fc.constantFrom<unknown>(
      5,
      '5',
      1,
      true,
      'true',
      ['pro'],
      null,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      [],
      ['pro', 5],
      { b: 1 },
      {},
      1e21,
      1e-7,
      0.1,
      -0,
    ),
  },
)

const properties: fc.Arbitrary<Record<string, unknown>> = fc
  .record(
    {
      [NUMBER]: fc.oneof(
        { weight: 6, arbitrary: exactNumber as fc.Arbitrary<unknown> },
        { weight: 1, arbitrary: value },
      ),
      [TEXT]: fc.oneof(
        { weight: 6, arbitrary: text as fc.Arbitrary<unknown> },
        { weight: 1, arbitrary: fc.constantFrom<unknown>(['pro'], ['free', 'pro']) },
        { weight: 1, arbitrary: value },
      ),
      flag: fc.boolean(),
      a: fc.oneof(
        fc.record({ id: fc.constantFrom('l1', 'l2', 3), b: exactNumber, [ODD_STEP]: text }, { requiredKeys: [] }),
        value,
      ),
      other: fc.tuple(fc.constantFrom(...PROPERTIES), value),
    },
    { requiredKeys: [] },
  )
  .map(({ other, ...rest }) => {
    const bag: Record<string, unknown> = { ...rest }
    if (other && !Object.hasOwn(bag, (other as [string, unknown])[0])) {
      const [name, its] = other as [string, unknown]
      bag[name] = its
    }
    return bag
  })

const context: fc.Arbitrary<Record<string, unknown>> = fc.oneof(
  { weight: 1, arbitrary: fc.constant({}) },
  {
    weight: 4,
    arbitrary: fc.record(
      {
        groups: fc.record(
          {
            team: fc.oneof(
              { weight: 9, arbitrary: fc.constantFrom<unknown>('t1', 't2', 't3') },
              { weight: 1, arbitrary: fc.constantFrom<unknown>('', null, 7, '7', 1.5, true, ['t1']) },
            ),
          },
          { requiredKeys: [] },
        ),
        groupId: fc.constantFrom<unknown>('g1', 'g2', 42, '42', null),
        sessionId: fc.constantFrom('s1', 's2', 's3'),
        [ODD_STEP]: fc.oneof(text, exactNumber as fc.Arbitrary<unknown>),
      },
      { requiredKeys: ['groups'] },
    ),
  },
)

const user = fc.constantFrom('u1', 'u2', ODD_ID)
// An anonymous id that is also a user's id: the two must not be mixed up.
const anonymous = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom('d1', 'd2') },
  { weight: 1, arbitrary: fc.constant('u1') },
)
const none = fc.constant('')

const who: fc.Arbitrary<{ userId: string; anonymousId: string }> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ userId: user, anonymousId: none }) },
  { weight: 3, arbitrary: fc.record({ userId: none, anonymousId: anonymous }) },
  { weight: 2, arbitrary: fc.record({ userId: user, anonymousId: anonymous }) },
)

interface Doing {
  type: MessageType
  name: string
  otherId: string
  userId: string
  anonymousId: string
}

const doing: fc.Arbitrary<Doing> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc
      .record({
        name: fc.oneof(
          { weight: 12, arbitrary: fc.constantFrom('a', 'b') },
          { weight: 2, arbitrary: fc.constantFrom(...EVENT_NAMES) },
        ),
        who,
      })
      .map(({ name, who }) => ({ type: 'track' as const, name, otherId: '', ...who })),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({ type: fc.constantFrom('page' as const, 'screen' as const), who })
      .map(({ type, who }) => ({ type, name: `$${type}`, otherId: '', ...who })),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({
        userId: fc.oneof({ weight: 9, arbitrary: user }, { weight: 1, arbitrary: none }),
        anonymousId: anonymous,
      })
      .map((ids) => ({ type: 'identify' as const, name: '$identify', otherId: '', ...ids })),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({ userId: user, anonymousId: fc.oneof(none, anonymous), otherId: anonymous })
      .map((ids) => ({ type: 'alias' as const, name: '$alias', ...ids })),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({ who, otherId: fc.constantFrom('g1', 'g2') })
      .map(({ who, otherId }) => ({ type: 'group' as const, name: '$group', otherId, ...who })),
  },
)

const happening = fc.record({
  moment,
  /** From the event to its receipt. */
  delay: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(0, SECOND, 20 * SECOND) },
    { weight: 1, arbitrary: fc.constant(-4 * MINUTE) },
    { weight: 2, arbitrary: fc.constantFrom(HOUR, 2 * DAY, 5 * DAY, 25 * DAY) },
  ),
  doing,
  properties,
  context,
})

/** What the same one does a while after something, to the millisecond: at once, or when a window has just not closed. */
const echo = fc.record({
  of: fc.nat(),
  after: fc.constantFrom(0, 0, 30 * MINUTE, 12 * HOUR, DAY, 7 * DAY, 9 * DAY, 14 * DAY),
  miss: seldom(fc.constant(1), 4),
  delay: fc.constantFrom(0, -SECOND, SECOND),
  doing,
  properties,
})

/** Another delivery of an event: as it was, or changed on the way. */
const copy = fc.record({
  of: fc.nat(),
  later: fc.constantFrom(-3 * SECOND, 0, MINUTE, DAY, 9 * DAY, 40 * DAY),
  /** Received in the same millisecond: the first that came to the store is the event. */
  together: seldom(fc.constant(true), 4),
  change: seldom(
    fc.record(
      { shift: fc.constantFrom(-9 * DAY, -DAY, -1, HOUR, DAY, 9 * DAY), doing, properties, context },
      { requiredKeys: [] },
    ),
    2,
  ),
})

const texts = (i: number) => `m${String(i).padStart(3, '0')}`
const uuids = (i: number) => `0199d3c1-5a00-7000-8000-${String(i).padStart(12, '0')}`
/** Message ids: of one form, or of several; a UUID in capitals is a text like any other. */
const ids = fc.constantFrom(texts, uuids, (i: number) =>
  i % 3 === 0 ? uuids(i).toUpperCase() : i % 3 === 1 ? texts(i) : uuids(i),
)

/** Events as they arrive, copies among them, in no order. */
export function eventsArbitrary(place: Place): fc.Arbitrary<Event[]> {
  return fc
    .record({
      idOf: ids,
      happenings: fc.array(happening, { maxLength: 70, size: 'max' }),
      echoes: fc.array(echo, { maxLength: 25, size: 'max' }),
      copies: fc.array(copy, { maxLength: 8, size: 'max' }),
      order: fc.array(fc.nat({ max: 999 }), { maxLength: 12 }),
    })
    .map(({ idOf, happenings, echoes, copies, order }) => {
      const events = happenings.map(({ moment, delay, doing, properties, context }, i): Event => {
        const time = instantOf(place, moment)
        return {
          messageId: idOf(i),
          ...doing,
          time,
          // Whole seconds after whole milliseconds: copies below come in the same instant only where they are to.
          receivedAt: time + delay,
          properties,
          context,
        }
      })
      for (const { of, after, miss, delay, doing, properties } of echoes) {
        const before = events[of % events.length]
        if (!before) continue
        const { userId, anonymousId } = before
        const time = before.time + after + (miss ?? 0)
        events.push({
          ...before,
          ...doing,
          // A link is made between its own two ids.
          ...(doing.type === 'identify' || doing.type === 'alias' ? {} : { userId, anonymousId }),
          messageId: idOf(events.length),
          time,
          receivedAt: time + delay,
          properties,
        })
      }
      const originals = [...events]
      for (const [i, { of, later, together, change }] of copies.entries()) {
        const original = originals[of % originals.length]
        if (!original) continue
        const { shift = 0, doing = {}, properties, context } = change ?? {}
        events.push({
          ...original,
          ...doing,
          ...(properties ? { properties } : {}),
          ...(context ? { context } : {}),
          time: original.time + shift,
          receivedAt: original.receivedAt + (together ? 0 : later + 10 + i),
        })
      }
      // Swaps, so that fewer of them is simpler.
      for (const [i, swap] of order.entries()) {
        const [left, right] = [i % events.length, swap % events.length]
        if (events.length > 1) {
          const held = events[left] as Event
          events[left] = events[right] as Event
          events[right] = held
        }
      }
      return events
    })
}
