import { type Definition, parseTree, type Tree, type TreeInput } from '@nsm/schema'
import { describe, expect, test } from 'vitest'
import { EngineError } from '../errors.js'
import { sentence } from './sentence.js'
import { eventNoun } from './words.js'

type MetricInput = TreeInput['metrics'][string]

function treeWith(metrics: Record<string, MetricInput>): Tree {
  const parsed = parseTree({
    version: 1,
    product: 'Team chat',
    calendar: { timezone: 'UTC' },
    entities: { team: {}, account: { label: 'Workspace' }, listing: { id: 'properties.listing_id' } },
    events: { '*': {}, ...Object.fromEntries(EVENTS.map((name) => [name, {}])) },
    northStar: [Object.keys(metrics)[0]],
    metrics,
  })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.value
}

const EVENTS = [
  'message_sent',
  'file_shared',
  'order completed',
  'nights_booked',
  'Signed Up',
  'plan_changed',
  'checkout',
  '$page',
  'song.played',
  '🚀 "launch"',
]

const say = (definition: object, more: object = {}) =>
  sentence(treeWith({ m: { title: 'M', definition: definition as Definition, ...more } as MetricInput }), 'm')

const sent = { event: 'message_sent' }
const teams = { kind: 'unique', of: 'team', ...sent }

describe('a definition in plain English', () => {
  test.each<[object, string]>([
    [
      { ...teams, where: { bot: { not: true } }, having: { count: { gte: 20 } } },
      'Teams with at least 20 messages sent in the week, bots excluded',
    ],
    // count and sum
    [{ kind: 'count', ...sent }, 'Messages sent in the week'],
    [{ kind: 'count', event: ['message_sent', 'file_shared'] }, 'Messages sent or files shared in the week'],
    [{ kind: 'count', event: '*' }, 'Events of any kind in the week'],
    [{ kind: 'count', event: '$page' }, 'Page views in the week'],
    [{ kind: 'count', event: 'checkout', where: { plan: 'pro' } }, 'Checkouts in the week, plan is pro'],
    [
      { kind: 'count', ...sent, having: { by: 'team', count: { gte: 20 } } },
      'Messages sent in the week, by teams with at least 20 messages sent',
    ],
    [{ kind: 'sum', event: 'nights_booked', property: 'nights' }, 'Total nights of nights booked in the week'],
    [{ kind: 'sum', event: 'song.played', property: 'listened_ms' }, 'Total listened ms of songs played in the week'],
    // unique
    [teams, 'Teams with at least one message sent in the week'],
    [{ ...teams, of: 'user', event: '*' }, 'Users with at least one event of any kind in the week'],
    [{ ...teams, of: 'account' }, 'Workspaces with at least one message sent in the week'],
    [{ ...teams, having: { count: { lt: 5 } } }, 'Teams with fewer than 5 messages sent in the week'],
    [
      { ...teams, having: { count: { gte: 20, lt: 1000 } } },
      'Teams with at least 20 and fewer than 1,000 messages sent in the week',
    ],
    [{ ...teams, having: { days: { gte: 3 } } }, 'Teams with messages sent on at least 3 days in the week'],
    [
      { ...teams, having: { count: { gte: 20 }, days: { gte: 2 } } },
      'Teams with at least 20 messages sent on at least 2 days in the week',
    ],
    [
      { ...teams, having: { unique: { property: 'user', gte: 5 } } },
      'Teams with messages sent across at least 5 different users in the week',
    ],
    [
      { ...teams, having: { unique: { property: 'channel', gte: 3 } } },
      'Teams with messages sent across at least 3 different channels in the week',
    ],
    [
      { kind: 'unique', of: 'user', event: 'order completed', having: { sum: { property: 'amount', gte: 100 } } },
      'Users with total amount of at least 100 from orders completed in the week',
    ],
    [
      {
        kind: 'unique',
        of: 'user',
        event: 'order completed',
        having: { count: { gte: 2 }, sum: { property: 'amount', gte: 100 } },
      },
      'Users with at least 2 orders completed and total amount of at least 100 from orders completed in the week',
    ],
    // windows
    [{ ...teams, window: '28d' }, 'Teams with at least one message sent in the 28 days up to the end of the week'],
    [{ ...teams, window: 'all' }, 'Teams with at least one message sent ever, up to the end of the week'],
    [{ ...teams, window: 'to-date' }, 'Teams with at least one message sent since the start of the week'],
    // lifecycle
    [{ ...teams, lifecycle: 'new' }, 'New teams: with at least one message sent in the week, for the first time ever'],
    [
      { ...teams, lifecycle: 'returning' },
      'Returning teams: with at least one message sent in the week and in the week before too',
    ],
    [
      { ...teams, lifecycle: 'resurrected' },
      'Resurrected teams: with at least one message sent in the week, not in the week before, but earlier',
    ],
    [
      { ...teams, lifecycle: 'dormant' },
      'Dormant teams: with at least one message sent in the week before, but not in the week itself',
    ],
    // average
    [{ kind: 'average', event: 'song.played', property: 'duration' }, 'Average duration of songs played in the week'],
    [
      { kind: 'average', event: 'song.played', property: 'duration', stat: 'p90' },
      '90th percentile of the duration of songs played in the week',
    ],
    [
      { kind: 'average', ...sent, per: 'team', measure: 'count', stat: 'median' },
      'Median number of messages sent per team in the week',
    ],
    [
      { kind: 'average', ...sent, per: 'team', measure: 'days', having: { count: { gte: 20 } } },
      'Average number of days with messages sent per team with at least 20 messages sent in the week',
    ],
    [
      { kind: 'average', event: 'order completed', per: 'user', measure: { sum: 'amount' }, stat: 'max' },
      'Highest total amount of orders completed per user in the week',
    ],
    [
      { kind: 'average', ...sent, per: 'account', measure: { unique: 'user' }, stat: 'min' },
      'Lowest number of different users in messages sent per workspace in the week',
    ],
    // ratio
    [
      { kind: 'ratio', numerator: { kind: 'count', ...sent }, denominator: teams },
      'Messages sent in the week, divided by teams with at least one message sent in the week',
    ],
    // conversion
    [
      {
        kind: 'conversion',
        of: 'team',
        from: { event: 'plan_changed', first: true },
        to: { ...sent, having: { count: { gte: 10 } } },
        within: '7d',
      },
      'Share of teams with their first plan changed in the week that had at least 10 messages sent within 7 days',
    ],
    [
      {
        kind: 'conversion',
        of: 'user',
        from: { event: 'checkout' },
        to: { event: 'order completed' },
        within: '30m',
        stat: 'count',
      },
      'Users with at least one checkout in the week that had at least one order completed within 30 minutes',
    ],
    [
      {
        kind: 'conversion',
        of: 'user',
        from: { event: 'checkout' },
        to: { event: 'order completed' },
        within: '1d',
        stat: 'median_time',
      },
      'Median time from at least one checkout in the week to at least one order completed within 1 day, per user',
    ],
    // retention
    [
      { kind: 'retention', of: 'team', from: { ...sent, first: true }, to: sent, after: 4 },
      'Share of teams with their first message sent in a week that had at least one message sent 4 weeks later',
    ],
    [
      {
        kind: 'retention',
        of: 'user',
        from: { event: 'Signed Up' },
        to: { ...sent, where: { bot: { not: true } } },
        after: 1,
        mode: 'on_or_after',
      },
      'Share of users with at least one “signed up” event in a week that had at least one message sent (bots excluded) 1 week later or after that',
    ],
    // stock
    [
      { kind: 'stock', of: 'team', event: 'plan_changed', state: { status: 'active', seats: { gte: 5 } } },
      'Teams whose latest “plan changed” event says status is active and seats at least 5, at the end of the week',
    ],
    [
      { kind: 'stock', of: 'team', event: 'plan_changed', sum: 'mrr', expires: '30d' },
      'Total mrr in the latest “plan changed” event of all teams, at the end of the week, each counted for 30 days after it',
    ],
    [
      { kind: 'stock', of: 'listing', event: 'plan_changed' },
      'Listings with any “plan changed” event by the end of the week',
    ],
  ])('%j', (definition, expected) => {
    expect(say(definition)).toBe(expected)
  })

  test.each<[object, string]>([
    [{ is_bot: { not: true } }, 'bots excluded'],
    [{ internal: { not: true } }, 'internal ones excluded'],
    [{ trial: true }, 'only trials'],
    [{ paid: true }, 'only paid ones'],
    [{ paid: false }, 'paid is false'],
    [{ plan: ['pro', 'team', 'enterprise'] }, 'plan is pro, team or enterprise'],
    [{ plan: { not: ['free', 'trial'] } }, 'plan is neither free nor trial'],
    [{ plan: { not: 'free' } }, 'plan is not free'],
    [{ seats: { gt: 5, lte: 1000 } }, 'seats over 5, seats at most 1,000'],
    [{ 'utm.source': { exists: true } }, 'utm source is known'],
    [{ referrer: { exists: false } }, 'referrer is missing'],
    [{ path: { contains: '/pricing"' } }, 'path contains "/pricing\\""'],
    [
      { any: [{ plan: 'pro' }, { seats: { gte: 20 }, bot: { not: true } }] },
      'plan is pro or seats at least 20 and bots excluded',
    ],
    [{ any: ['x', 'y'] }, 'any is x or y'],
  ])('a filter %j', (where, expected) => {
    expect(say({ kind: 'count', ...sent, where })).toBe(`Messages sent in the week, ${expected}`)
  })

  test('a half that is a metric of the tree is spelled out', () => {
    const tree = treeWith({
      rate: { title: 'Rate', definition: { kind: 'ratio', numerator: 'reports', denominator: 'messages' } },
      reports: { title: 'R', definition: { kind: 'count', event: 'file_shared' } },
      messages: { title: 'M', definition: { kind: 'count', event: 'message_sent' } },
    })
    expect(sentence(tree, 'rate')).toBe('Files shared in the week, divided by messages sent in the week')
  })

  test('a derived metric is its arithmetic', () => {
    const parts = {
      a: { title: 'New teams', definition: teams as Definition },
      b: { title: 'Churned teams', definition: teams as Definition },
    }
    const derived = { kind: 'derived' } as const
    expect(
      sentence(treeWith({ m: { title: 'M', definition: derived, formula: { product: ['a', 'b'] } }, ...parts }), 'm'),
    ).toBe('“New teams” × “Churned teams”')
    expect(
      sentence(
        treeWith({ m: { title: 'M', definition: derived, formula: { sum: ['a', ['b', -1], ['a', 2.5]] } }, ...parts }),
        'm',
      ),
    ).toBe('“New teams” − “Churned teams” + 2.5 × “New teams”')
  })

  test('the grain asked for is the one said', () => {
    const tree = treeWith({ m: { title: 'M', definition: { ...teams, window: '7d' } as Definition } })
    expect(sentence(tree, 'm', 'day')).toBe(
      'Teams with at least one message sent in the 7 days up to and including the day',
    )
    expect(sentence(tree, 'm', 'month')).toContain('up to the end of the month')
  })

  test('an unknown metric is an error with its path', () => {
    const tree = treeWith({ m: { title: 'M', definition: teams as Definition } })
    expect(() => sentence(tree, 'nope')).toThrow(EngineError)
    expect(() => sentence(tree, 'constructor')).toThrow('This tree has no metric "constructor". Known: ')
  })
})

test.each([
  ['message_sent', 'message sent', 'messages sent'],
  ['MessageSent', 'message sent', 'messages sent'],
  ['Order Completed', 'order completed', 'orders completed'],
  ['team invite accepted', 'team invite accepted', 'team invites accepted'],
  ['stories_viewed', 'story viewed', 'stories viewed'],
  ['purchase', 'purchase', 'purchases'],
  ['value_moment', 'value moment', 'value moments'],
  ['activity', 'activity', 'activities'],
  ['signed_up', '“signed up” event', '“signed up” events'],
  ['purchased', '“purchased” event', '“purchased” events'],
  ['🚀 "launch"', '“🚀 "launch"” event', '“🚀 "launch"” events'],
  ['constructor', 'constructor', 'constructors'],
])('the event %s is one %s, many %s', (name, one, many) => {
  expect(eventNoun(name)).toEqual({ one, many })
})

test('a very long name is shortened', () => {
  expect(eventNoun('x'.repeat(10_000)).one.length).toBeLessThan(80)
})
