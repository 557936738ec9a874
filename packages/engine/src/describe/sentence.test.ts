import { type Definition, parseTree, type Tree, type TreeInput } from '@nsm/schema'
import { describe, expect, test } from 'vitest'
import { EngineError } from '../errors.js'
import { compileTree } from '../metrics/compile-tree.js'

type MetricInput = TreeInput['metrics'][string]

function treeWith(metrics: Record<string, MetricInput>): Tree {
  const parsed = parseTree({
    version: 1,
    product: 'Team chat',
    calendar: { timezone: 'UTC' },
    entities: {
      team: { label: { one: 'team', other: 'teams' } },
      account: { label: 'Konto' },
      listing: { id: 'properties.listing_id' },
    },
    events: EVENTS,
    northStar: [Object.keys(metrics)[0]],
    metrics,
  })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.value
}

const EVENTS = {
  '*': {},
  message_sent: { noun: { one: 'message', other: 'messages' } },
  file_shared: { noun: { one: 'shared file', other: 'shared files' } },
  'order completed': { noun: { one: 'order', other: 'orders' } },
  nights_booked: { noun: { one: 'booking', other: 'bookings' } },
  checkout: { noun: { one: 'checkout', other: 'checkouts' } },
  'song.played': { noun: { one: 'play', other: 'plays' } },
  sheep_shorn: { noun: 'sheep' },
  'Signed Up': {},
  plan_changed: {},
  $page: {},
  '🚀 "launch"': {},
  ['x'.repeat(10_000)]: {},
}

const say = (definition: object, more: object = {}) =>
  compileTree(treeWith({ m: { title: 'M', definition: definition as Definition, ...more } as MetricInput }))
    .metric('m')
    .sentence()

const sent = { event: 'message_sent' }
const teams = { kind: 'unique', of: 'team', ...sent }

describe('a definition in plain English', () => {
  test.each<[object, string]>([
    [
      { ...teams, where: { bot: { not: true } }, having: { count: { gte: 20 } } },
      'Teams with at least 20 messages in the week, not counting bot messages',
    ],
    // count and sum
    [{ kind: 'count', ...sent }, 'Messages in the week'],
    [{ kind: 'count', event: ['message_sent', 'file_shared'] }, 'Messages or shared files in the week'],
    [{ kind: 'count', event: '*' }, 'Events in the week'],
    [{ kind: 'count', event: '$page' }, 'Page views in the week'],
    [{ kind: 'count', event: 'checkout', where: { plan: 'pro' } }, 'Checkouts in the week where plan is pro'],
    [
      { kind: 'count', ...sent, having: { by: 'team', count: { gte: 20 } } },
      'Messages from teams with at least 20 messages in the week',
    ],
    [{ kind: 'sum', event: 'nights_booked', property: 'nights' }, 'Total nights across bookings in the week'],
    [{ kind: 'sum', event: 'song.played', property: 'listened_ms' }, 'Total “listened_ms” across plays in the week'],
    // unique
    [teams, 'Teams with at least one message in the week'],
    [{ ...teams, of: 'user', event: '*' }, 'Users with at least one event in the week'],
    [{ ...teams, of: 'account' }, 'Konto with at least one message in the week'],
    [{ ...teams, having: { count: { lt: 5 } } }, 'Teams with fewer than 5 messages in the week'],
    [
      { ...teams, having: { count: { gte: 20, lt: 1000 } } },
      'Teams with at least 20 but fewer than 1,000 messages in the week',
    ],
    [{ ...teams, having: { days: { gte: 3 } } }, 'Teams with messages on at least 3 days in the week'],
    [
      { ...teams, having: { count: { gte: 20 }, days: { gte: 2 } } },
      'Teams with at least 20 messages on at least 2 days in the week',
    ],
    [
      { ...teams, having: { unique: { property: 'user', gte: 5 } } },
      'Teams with messages across at least 5 different users in the week',
    ],
    [
      { ...teams, having: { unique: { property: 'channel', gte: 3 } } },
      'Teams with messages across at least 3 different channel values in the week',
    ],
    [
      { kind: 'unique', of: 'user', event: 'order completed', having: { sum: { property: 'amount', gte: 100 } } },
      'Users with total amount ≥ 100 across orders in the week',
    ],
    [
      {
        kind: 'unique',
        of: 'user',
        event: 'order completed',
        having: { count: { gte: 2 }, sum: { property: 'amount', gte: 100 } },
      },
      'Users with at least 2 orders and total amount ≥ 100 in the week',
    ],
    [
      { kind: 'unique', of: 'user', event: 'checkout', having: { sum: { property: 'amount', gte: 20, lt: 100 } } },
      'Users with total amount ≥ 20 and < 100 across checkouts in the week',
    ],
    [{ ...teams, having: { count: { lt: 1 } } }, 'Teams with fewer than 1 message in the week'],
    [{ ...teams, having: { days: { gte: 1 } } }, 'Teams with messages on at least one day in the week'],
    [
      { ...teams, where: { plan: 'pro', bot: { not: true } } },
      'Teams with at least one message in the week, counting only messages where plan is pro, but no bot messages',
    ],
    // windows
    [{ ...teams, window: '1d' }, 'Teams with at least one message on the last day of the week'],
    [{ ...teams, window: '28d' }, 'Teams with at least one message in the 28 days up to the end of the week'],
    [{ ...teams, window: 'all' }, 'Teams with at least one message up to the end of the week'],
    [{ ...teams, window: 'to-date' }, 'Teams with at least one message since the start of the week'],
    // lifecycle
    [{ ...teams, lifecycle: 'new' }, 'Teams with at least one message in the week for the first time'],
    [{ ...teams, lifecycle: 'returning' }, 'Teams with at least one message both in the week and in the week before'],
    [
      { ...teams, lifecycle: 'resurrected' },
      'Teams with at least one message in the week and in an earlier week, but not in the week before',
    ],
    [
      { ...teams, lifecycle: 'dormant' },
      'Teams with at least one message in the week before, but not in the week itself',
    ],
    // average
    [{ kind: 'average', event: 'song.played', property: 'duration' }, 'Average duration across plays in the week'],
    [
      { kind: 'average', event: 'song.played', property: 'duration', stat: 'p90' },
      '90th percentile of duration across plays in the week',
    ],
    [
      { kind: 'average', ...sent, per: 'team', measure: 'count', stat: 'p22.5' },
      '22.5th percentile of the number of messages per team in the week',
    ],
    [
      { kind: 'average', ...sent, per: 'team', measure: 'days', stat: 'p22' },
      '22nd percentile of the number of days with messages per team in the week',
    ],
    [
      { kind: 'average', ...sent, per: 'team', measure: 'count', stat: 'median' },
      'Median number of messages per team in the week',
    ],
    [
      { kind: 'average', ...sent, per: 'team', measure: 'days', having: { count: { gte: 20 } } },
      'Average number of days with messages per team with at least 20 messages in the week',
    ],
    [
      { kind: 'average', event: 'order completed', per: 'user', measure: { sum: 'amount' }, stat: 'max' },
      'Highest total amount per user across orders in the week',
    ],
    [
      { kind: 'average', ...sent, per: 'account', measure: { unique: 'user' }, stat: 'min' },
      'Lowest number of different users per Konto across messages in the week',
    ],
    [
      {
        kind: 'average',
        event: 'order completed',
        per: 'user',
        measure: { sum: 'amount' },
        having: { count: { gte: 2 } },
      },
      'Average total amount per user with at least 2 orders, across orders in the week',
    ],
    // ratio
    [
      { kind: 'ratio', numerator: { kind: 'count', ...sent }, denominator: teams },
      'Messages in the week, divided by teams with at least one message in the week',
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
      'Of teams with their first “plan_changed” event in the week, the share with at least 10 messages within 7 days',
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
      'Users with at least one checkout in the week and at least one order within 30 minutes',
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
      'Median time from checkout in the week to the next order within 1 day, across users',
    ],
    [
      {
        kind: 'conversion',
        of: 'team',
        from: { event: 'plan_changed', first: true },
        to: { ...sent, where: { plan: 'pro' }, having: { count: { gte: 3 } } },
        within: '1d',
        stat: 'median_time',
      },
      'Median time from the first “plan_changed” event in the week to at least 3 messages (where plan is pro) within 1 day, across teams',
    ],
    // retention
    [
      { kind: 'retention', of: 'team', from: { ...sent, first: true }, to: sent, after: 4 },
      'Of teams with their first message in the week, the share with at least one message 4 weeks later',
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
      'Of users with at least one “Signed Up” event in the week, the share with at least one message (not counting bot messages) 1 or more weeks later',
    ],
    // stock
    [
      { kind: 'stock', of: 'team', event: 'plan_changed', state: { status: 'active', seats: { gte: 5 } } },
      'Teams where status is active and seats ≥ 5 in their latest “plan_changed” event by the end of the week',
    ],
    [
      { kind: 'stock', of: 'team', event: 'plan_changed', sum: 'mrr', expires: '30d' },
      'Total mrr in the latest “plan_changed” event of each team in the 30 days up to the end of the week',
    ],
    [
      { kind: 'stock', of: 'listing', event: 'plan_changed' },
      '“listing” entities with at least one “plan_changed” event by the end of the week',
    ],
  ])('%j', (definition, expected) => {
    expect(say(definition)).toBe(expected)
  })

  test.each<[object, string]>([
    [{ bot: { not: true } }, 'Messages in the week, not counting bot messages'],
    [{ bot: { not: true }, test: { not: true } }, 'Messages in the week, not counting bot or test messages'],
    [{ is_bot: { not: true } }, 'Messages in the week, not counting messages where “is_bot” is true'],
    [{ trial: true }, 'Trial messages in the week'],
    [{ is_trial: true }, 'Messages in the week where “is_trial” is true'],
    [{ paid: false }, 'Messages in the week where paid is false'],
    [{ plan: ['pro', 'team', 'enterprise'] }, 'Messages in the week where plan is pro, team or enterprise'],
    [{ plan: { not: ['free', 'trial'] } }, 'Messages in the week, not counting messages where plan is free or trial'],
    [{ plan: { not: 'free' } }, 'Messages in the week, not counting messages where plan is free'],
    [
      { plan: { not: 'free' }, bot: { not: true } },
      'Messages in the week, not counting messages where plan is free or bot is true',
    ],
    [{ seats: { gt: 5, lte: 1000 } }, 'Messages in the week where seats > 5 and seats ≤ 1,000'],
    [{ plan: { not: 'free', exists: true } }, 'Messages in the week where plan is not free and plan is set'],
    [
      { plan: 'pro', bot: { not: true }, pinned: true },
      'Pinned messages in the week where plan is pro, not counting bot messages',
    ],
    [{ 'utm.source': { exists: true } }, 'Messages in the week where “utm.source” is set'],
    [{ referrer: { exists: false } }, 'Messages in the week where referrer is not set'],
    [{ path: { contains: '/pricing"' } }, 'Messages in the week where path contains "/pricing\\""'],
    [
      { any: [{ plan: 'pro' }, { seats: { gte: 20 }, bot: { not: true } }] },
      'Messages in the week where plan is pro or (seats ≥ 20 and bot is not true)',
    ],
    [
      { any: [{ plan: 'pro' }, { seats: { gte: 20 } }], region: 'EU' },
      'Messages in the week where (plan is pro or seats ≥ 20) and region is EU',
    ],
    [{ any: ['x', 'y'] }, 'Messages in the week where any is x or y'],
  ])('a filter %j', (where, expected) => {
    expect(say({ kind: 'count', ...sent, where })).toBe(expected)
  })

  test('a filter behind something else than its events names them', () => {
    const said = (where: object, event: string | string[] = 'message_sent') => say({ ...teams, event, where })
    expect(said({ plan: 'pro' })).toBe(
      'Teams with at least one message in the week, counting only messages where plan is pro',
    )
    expect(said({ pinned: true })).toBe('Teams with at least one message in the week, counting only pinned messages')
    expect(said({ bot: { not: true } }, ['message_sent', 'file_shared'])).toBe(
      'Teams with at least one message or shared file in the week, not counting messages or shared files where bot is true',
    )
  })

  test('a numerator or denominator that is a metric of the tree is spelled out, and arithmetic is called by its title', () => {
    const tree = treeWith({
      rate: { title: 'Rate', definition: { kind: 'ratio', numerator: 'reports', denominator: 'messages' } },
      reports: { title: 'R', definition: { kind: 'count', event: 'file_shared' } },
      messages: { title: 'M', definition: { kind: 'count', event: 'message_sent' } },
    })
    expect(compileTree(tree).metric('rate').sentence()).toBe(
      'Shared files in the week, divided by messages in the week',
    )
    const perTeam = treeWith({
      m: { title: 'M', definition: { kind: 'ratio', numerator: { kind: 'count', ...sent }, denominator: 'all' } },
      all: { title: 'All teams', definition: { kind: 'derived' }, formula: { sum: ['part'] } },
      part: { title: 'P', definition: teams as Definition },
    })
    expect(compileTree(perTeam).metric('m').sentence()).toBe('Messages in the week, divided by “All teams”')
  })

  test('a derived metric is its arithmetic', () => {
    const parts = {
      a: { title: 'New teams', definition: teams as Definition },
      b: { title: 'Churned teams', definition: teams as Definition },
    }
    const derived = { kind: 'derived' } as const
    expect(
      compileTree(treeWith({ m: { title: 'M', definition: derived, formula: { product: ['a', 'b'] } }, ...parts }))
        .metric('m')
        .sentence(),
    ).toBe('“New teams” × “Churned teams”')
    expect(
      compileTree(
        treeWith({ m: { title: 'M', definition: derived, formula: { sum: ['a', ['b', -1], ['a', 2.5]] } }, ...parts }),
      )
        .metric('m')
        .sentence(),
    ).toBe('“New teams” − “Churned teams” + 2.5 × “New teams”')
  })

  test('the grain asked for is the one said', () => {
    const tree = treeWith({ m: { title: 'M', definition: { ...teams, window: '7d' } as Definition } })
    expect(compileTree(tree).metric('m').sentence('day')).toBe(
      'Teams with at least one message in the 7 days up to the end of the day',
    )
    expect(compileTree(tree).metric('m').sentence('month')).toContain('up to the end of the month')
    const again = treeWith({ m: { title: 'M', definition: { ...teams, lifecycle: 'resurrected' } as Definition } })
    expect(compileTree(again).metric('m').sentence('day')).toBe(
      'Teams with at least one message on the day and on an earlier day, but not on the day before',
    )
  })

  test('an unknown metric is an error with its path', () => {
    const tree = treeWith({ m: { title: 'M', definition: teams as Definition } })
    expect(() => compileTree(tree).metric('nope').sentence()).toThrow(EngineError)
    expect(() => compileTree(tree).metric('constructor').sentence()).toThrow(
      'This tree has no metric "constructor". Known: ',
    )
  })
})

test('an event or an entity without a noun is called by its name, and a noun without forms as it is', () => {
  expect(say({ kind: 'count', event: 'plan_changed' })).toBe('“plan_changed” events in the week')
  expect(say({ ...teams, of: 'listing' })).toBe('“listing” entities with at least one message in the week')
  expect(say({ ...teams, event: '🚀 "launch"' })).toBe('Teams with at least one “🚀 "launch"” event in the week')
  expect(say({ ...teams, event: 'sheep_shorn' })).toBe('Teams with at least one sheep in the week')
  expect(say({ ...teams, of: 'account' })).toBe('Konto with at least one message in the week')
})

test('a very long name is shortened', () => {
  expect(say({ kind: 'count', event: 'x'.repeat(10_000) }).length).toBeLessThan(100)
})
