import { type Example, message, track } from './example.js'

const listing = (at: string, listing_id: string, host_id: string, status: string) =>
  track(at, 'listing_changed', host_id, { listing_id, host_id, status })
const search = (at: string, guest: string, sessionId: string, results?: number) =>
  track(at, 'search', guest, { results }, { sessionId })
const book = (at: string, guest: string, booking_id: string, listing_id: string, host_id: string, more: object) =>
  track(at, 'booking_confirmed', guest, { booking_id, listing_id, host_id, ...more })
const ask = (at: string, booking_id: string) => track(at, 'booking_requested', 'g9', { booking_id })
const answer = (at: string, booking_id: string) => track(at, 'host_responded', 'h1', { booking_id, accepted: true })
const review = (at: string, rating?: number) => track(at, 'stay_reviewed', 'g1', { rating })

/** Four weeks in UTC. */
export const homesMarketplace: Example = {
  tree: 'examples/trees/homes-marketplace.json',
  from: '2026-03-02',
  to: '2026-03-29',
  events: [
    // First week.
    listing('2026-03-02T08:00Z', 'l1', 'h1', 'live'),
    listing('2026-03-03T08:00Z', 'l2', 'h2', 'live'),
    listing('2026-03-03T09:00Z', 'l3', 'h2', 'draft'),
    search('2026-03-02T10:00Z', 'g1', 's1', 3),
    search('2026-03-02T10:05Z', 'g1', 's1', 12),
    // g2, who is known only next week.
    message('2026-03-03T10:00Z', {
      type: 'track',
      event: 'search',
      anonymousId: 'd2',
      properties: {},
      context: { sessionId: 's2' },
    }),
    book('2026-03-04T10:00Z', 'g1', 'b1', 'l1', 'h1', { nights: 3, fee: 30, instant: true }),
    book('2026-03-05T10:00Z', 'g1', 'b2', 'l4', 'h3', { nights: 2, fee: 20, instant: false }),
    track('2026-03-06T10:00Z', 'booking_cancelled', 'g1', { booking_id: 'b1', by: 'guest' }),
    ask('2026-03-02T10:00Z', 'r1'),
    answer('2026-03-02T11:00Z', 'r1'),
    ask('2026-03-03T10:00Z', 'r2'),
    answer('2026-03-03T13:00Z', 'r2'),
    ask('2026-03-04T10:00Z', 'r3'),
    answer('2026-03-06T10:00:00.001Z', 'r3'),

    // Second week.
    message('2026-03-09T09:00Z', { type: 'identify', anonymousId: 'd2', userId: 'g2' }),
    book('2026-03-09T10:00Z', 'g2', 'b3', 'l1', 'h1', { nights: 4, fee: 40.5, instant: true }),
    search('2026-03-10T10:00Z', 'g4', 's4', 0),
    listing('2026-03-11T08:00Z', 'l1', 'h1', 'paused'),
    ask('2026-03-12T10:00Z', 'r4'),
    review('2026-03-12T10:00Z', 1),
    review('2026-03-13T10:00Z', 5),

    // Third week. b3 is cancelled, too late to count; our own test booking counts nowhere.
    listing('2026-03-16T08:00Z', 'l3', 'h2', 'live'),
    search('2026-03-16T10:00Z', 'g3', 's3', 10),
    search('2026-03-16T10:01Z', 'g3', 's3', 10),
    search('2026-03-16T10:02Z', 'g3', 's3', 4),
    track('2026-03-17T10:00Z', 'booking_cancelled', 'h1', { booking_id: 'b3', by: 'host' }),
    book('2026-03-18T10:00Z', 'g5', 'b9', 'l2', 'h2', { nights: 99, fee: 990, test_booking: true }),
    review('2026-03-19T10:00Z'),

    // Fourth week. The nights of b5 are a text, which is not a number.
    book('2026-03-24T10:00Z', 'g3', 'b4', 'l3', 'h2', { nights: 7, fee: 70, instant: false }),
    book('2026-03-25T10:00Z', 'g1', 'b5', 'l4', 'h3', { nights: '2', fee: 10 }),
    listing('2026-03-26T08:00Z', 'l3', 'h2', 'removed'),
    review('2026-03-26T10:00Z', 4),
  ],
  expected: {
    nights_booked: [5, 4, 0, 7],
    guests_booking: [1, 1, 0, 2],
    guests_searching: [2, 2, 1, 2],
    booking_share: [1 / 2, 1 / 2, 0, 1],
    bookings_per_guest: [2, 1, null, 1],
    nights_per_booking: [2.5, 4, null, 3.5],
    hosts_booked: [2, 1, 0, 2],
    hosts_new: [2, 0, 0, 1],
    hosts_returning: [0, 1, 0, 0],
    hosts_resurrected: [0, 0, 0, 1],
    // l1 of l1 and l2; then l3, which was a draft before.
    first_booking_30d: [1 / 2, null, 1, null],
    listings_live: [2, 1, 2, 1],
    instant_share: [1 / 2, 1, null, 0],
    searches_per_session: [1.5, 1, 3, null],
    search_to_booking: [1, 0, 1, null],
    empty_searches: [1 / 3, 1, 1 / 3, null],
    cancellation_rate: [1 / 2, 0, null, 0],
    bad_stay_rate: [null, 1 / 2, null, 0],
    // One hour and three; the third answer came a millisecond after 48 hours.
    host_answer_time: [7200, null, null, null],
    service_fees: [50, 40.5, 0, 80],
  },
}
