import { parseTree, type Tree } from '@nsm/schema'
import { describe, expect, it } from 'vitest'
import { definitionChanged } from './definition-changed.js'
import { pressureTest } from './pressure-test.js'

const metric = (changes: object = {}) => ({
  title: 'Nights booked',
  owner: '@ana',
  definition: { kind: 'count', event: 'booked' },
  ...changes,
})

/** A tree without weaknesses, with changes. */
function tree(changes: object = {}, metrics: object = {}): Tree {
  const parsed = parseTree({
    version: 1,
    product: 'Homes',
    calendar: { timezone: 'UTC' },
    events: { booked: { value: true }, complained: {}, $page: {} },
    northStar: ['nights'],
    guardrails: ['complaints'],
    revenue: { metric: 'fees' },
    review: { adopted: '2026-01-05', every: '12mo', stableFor: '12mo', why: 'It is what guests come for.' },
    decision: { pressure: { gaming: 'Fake bookings would be cancelled.', hallway: 'Nights that guests booked.' } },
    metrics: {
      nights: metric({ formula: { sum: ['first', 'again'] } }),
      first: metric({ title: 'First nights' }),
      again: metric({ title: 'Nights again' }),
      complaints: metric({ title: 'Complaints', direction: 'down', limit: { max: 10 } }),
      fees: metric({ title: 'Fees', unit: 'currency:USD' }),
      ...metrics,
    },
    ...changes,
  })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.value
}

const TODAY = '2026-06-01'
const codes = (of: Tree, today = TODAY) => pressureTest(of, today).map(({ code, path }) => `${code} ${path}`)
const nights = (changes: object) => ({ nights: metric({ formula: { sum: ['first', 'again'] }, ...changes }) })
const decision = (changes: object) => ({
  decision: { pressure: { gaming: 'Fake bookings.', hallway: 'Nights that guests booked.', ...changes } },
})

describe('the pressure test', () => {
  it('has no warnings for a good tree', () => {
    expect(pressureTest(tree(), TODAY)).toEqual([])
  })

  it.each([
    [{ title: 'Sign-ups' }, 'sign-ups'],
    [{ title: 'App downloads' }, 'downloads or installs'],
    [{ title: 'Registered users' }, 'sign-ups'],
    [{ definition: { kind: 'count', event: '$page' } }, 'page views'],
    [{ title: 'Push notifications sent' }, 'notifications sent'],
  ])('knows vanity in %j', (changes, what) => {
    const found = pressureTest(tree({}, nights(changes)), TODAY).find(({ code }) => code === 'vanity_metric')
    expect(found?.message).toContain(what)
  })

  it('does not call a conversion from a sign-up a vanity metric', () => {
    const definition = {
      kind: 'conversion',
      of: 'user',
      from: { event: '$page' },
      to: { event: 'booked' },
      within: '7d',
    }
    expect(codes(tree({}, nights({ title: 'Sign-ups that book', definition })))).toEqual([])
  })

  it.each<[string, Tree]>([
    ['no_value_event metrics.nights', tree({}, nights({ definition: { kind: 'count', event: 'complained' } }))],
    [
      'cumulative_metric metrics.nights.definition',
      tree({}, nights({ definition: { kind: 'unique', of: 'user', event: 'booked', window: 'all' } })),
    ],
    [
      'cumulative_metric metrics.nights.definition',
      tree({}, nights({ definition: { kind: 'stock', of: 'user', event: 'booked' } })),
    ],
    ['lagging_indicator metrics.nights', tree({}, nights({ unit: 'currency:USD' }))],
    [
      'lagging_indicator metrics.nights',
      tree({ revenue: { metric: 'nights' } }, { fees: metric({ formula: { sum: ['nights'] } }) }),
    ],
    ['lagging_indicator metrics.nights', tree({}, nights({ title: 'Monthly churn' }))],
    ['lagging_indicator metrics.nights', tree({}, nights({ title: 'Customer lifetime value' }))],
    ['gameable guardrails', tree({ guardrails: [] })],
    ['gameable decision.pressure.gaming', tree(decision({ gaming: '' }))],
    ['too_complex decision.pressure.hallway', tree(decision({ hallway: 'x'.repeat(121) }))],
    ['too_complex decision.pressure.hallway', tree(decision({ hallway: undefined }))],
    ['not_decomposable metrics.nights.formula', tree({}, nights({ formula: undefined }))],
    ['not_decomposable metrics.nights.formula', tree({}, nights({ formula: { sum: ['first'] } }))],
    [
      'not_decomposable metrics.nights.drivers',
      tree(
        {},
        {
          ...nights({ formula: undefined, drivers: ['first', 'again', 'fees', 'complaints', 'fifth', 'sixth'] }),
          fifth: metric(),
          sixth: metric(),
        },
      ),
    ],
    ['no_revenue revenue', tree({ revenue: undefined })],
    ['no_owner metrics.again.owner', tree({}, { again: metric({ owner: undefined }) })],
    ['no_limit metrics.complaints.limit', tree({}, { complaints: metric({ direction: 'down' }) })],
    ['orphan_metric metrics.lonely', tree({}, { lonely: metric() })],
  ])('finds %s', (expected, of) => {
    expect(codes(of)).toContain(expected)
  })

  it('warns on the day after a review was due', () => {
    expect(codes(tree(), '2027-01-05')).toEqual([])
    expect(codes(tree(), '2027-01-06')).toEqual(['review_overdue review'])
  })
})

describe('a north star that is counted differently', () => {
  const changed = nights({ definition: { kind: 'sum', event: 'booked', property: 'nights' } })

  it('is reported before its stable period ends, if there is no new reason', () => {
    expect(definitionChanged(tree({}, changed), tree(), TODAY)).toMatchObject([
      { code: 'definition_changed', path: 'metrics.nights.definition' },
    ])
  })

  it('is not reported if the earlier tree does not have it, whatever its id', () => {
    const odd = tree({ northStar: ['constructor'] }, { constructor: metric() })
    expect(definitionChanged(odd, tree(), TODAY)).toEqual([])
  })

  it('is not reported after its stable period, with a reason, or if only its title changed', () => {
    const review = { adopted: '2026-06-01', why: 'Nights, not bookings, are what hosts are paid for.' }
    expect(definitionChanged(tree({}, changed), tree(), '2027-01-05')).toEqual([])
    expect(definitionChanged(tree({ review }, changed), tree(), TODAY)).toEqual([])
    expect(definitionChanged(tree({}, nights({ title: 'Nights' })), tree(), TODAY)).toEqual([])
  })
})
