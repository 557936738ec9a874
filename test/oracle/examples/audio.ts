import { type Example, track } from './example.js'

const listen = (at: string, user: string, seconds: number, artist_id: string, source = 'search', more: object = {}) =>
  track(at, 'listened', user, { seconds, artist_id, source, ...more })
const start = (at: string, startup_ms?: number) => track(at, 'track_started', 'ana', { startup_ms })
const renew = (at: string, user: string, plan: string, price: number) =>
  track(at, 'subscription_renewed', user, { plan, price })

/** Six weeks in Stockholm; clocks go forward on the fourth Sunday. */
export const audio: Example = {
  tree: 'examples/trees/audio.json',
  from: '2026-03-02',
  to: '2026-04-12',
  events: [
    // First week. Ana listens for half an hour on her first day, Ben for five minutes on the last evening.
    track('2026-03-02T07:00+01:00', 'account_created', 'ana'),
    track('2026-03-08T23:00+01:00', 'account_created', 'ben'),
    listen('2026-03-02T08:00+01:00', 'ana', 1000, 'a1'),
    listen('2026-03-02T20:00+01:00', 'ana', 800, 'a2'),
    listen('2026-03-04T08:00+01:00', 'ana', 600, 'a1'),
    listen('2026-03-08T23:30+01:00', 'ben', 300, 'a3', 'autoplay'),
    listen('2026-03-05T08:00+01:00', 'eva', 5000, 'a1', 'search', { employee: true }),
    track('2026-03-02T08:10+01:00', 'track_saved', 'ana'),
    start('2026-03-02T08:00+01:00', 100),
    start('2026-03-02T08:04+01:00', 200),
    start('2026-03-02T08:08+01:00', 300),
    start('2026-03-02T08:12+01:00', -1),
    track('2026-03-02T08:12+01:00', 'track_skipped', 'ana'),
    renew('2026-03-02T07:00+01:00', 'ana', 'premium', 109),
    renew('2026-03-03T12:00+01:00', 'ben', 'premium', 109),
    renew('2026-03-04T12:00+01:00', 'dan', 'free', 0),

    // Second to fourth week.
    listen('2026-03-10T08:00+01:00', 'ana', 900, 'a1'),
    start('2026-03-10T08:00+01:00'),
    listen('2026-03-20T08:00+01:00', 'ben', 1200, 'a3', 'autoplay'),
    track('2026-03-26T08:00+01:00', 'track_saved', 'ben'),

    // Fifth week, from its first instant on.
    listen('2026-03-30T00:00+02:00', 'ana', 400, 'a1'),
    renew('2026-03-30T07:00+02:00', 'ana', 'premium', 109),
    renew('2026-04-02T12:00+02:00', 'cia', 'family', 179),

    // Sixth week. Ben listens again, but has not renewed for 35 days.
    track('2026-04-07T08:00+02:00', 'account_created', 'cia'),
    listen('2026-04-07T08:30+02:00', 'cia', 2000, 'a1'),
    listen('2026-04-12T23:59+02:00', 'ben', 200, 'a3'),
  ],
  expected: {
    time_listening: [2700, 900, 1200, 0, 400, 2200],
    listeners: [2, 1, 1, 0, 1, 2],
    listeners_new: [2, 0, 0, 0, 0, 1],
    listeners_returning: [0, 1, 0, 0, 0, 0],
    listeners_resurrected: [0, 0, 1, 0, 1, 1],
    days_per_listener: [1.5, 1, 1, null, 1, 1],
    time_per_day: [900, 900, 1200, null, 400, 1100],
    listening_days: [3, 1, 1, null, 1, 2],
    artists_per_listener: [1.5, 1, 1, null, 1, 1],
    saves_per_listener: [1 / 2, 0, 0, null, 0, 0],
    activation: [1 / 2, null, null, null, null, 1],
    // Of Ana and Ben, she in the fifth week, he in the sixth; Cia never again.
    retention_week_4: [1, null, null, null, null, 0],
    listeners_28d: [2, 2, 2, 2, 2, 3],
    autoplay_share: [1 / 9, 0, 1, null, 0, 0],
    skip_rate: [1 / 4, 0, null, null, null, null],
    startup_p95: [290, null, null, null, null, null],
    paying_listeners: [2, 2, 2, 2, 3, 2],
    subscription_revenue: [218, 218, 218, 218, 397, 288],
  },
}
