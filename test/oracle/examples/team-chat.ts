import { type Example, everyMinute, track } from './example.js'

const say =
  (team: string, user: string, channel_id: string, more: object = {}) =>
  (at: string) =>
    track(at, 'message_sent', user, { channel_id, ...more }, { groupId: team })
const create = (at: string, team: string, user: string) => track(at, 'workspace_created', user, {}, { groupId: team })
const subscribe = (at: string, team: string, plan: string, mrr: number) =>
  track(at, 'subscription_changed', 'ann', { plan, mrr }, { groupId: team })

/** Five weeks in Los Angeles; clocks go forward on the first Sunday. */
export const teamChat: Example = {
  tree: 'examples/trees/team-chat.json',
  from: '2026-03-02',
  to: '2026-04-05',
  events: [
    // First week. t1 talks 20 times; t2 19 times, with bots on top; t3 is made and stays silent.
    create('2026-03-02T09:00-08:00', 't1', 'ann'),
    create('2026-03-02T09:00-08:00', 't2', 'bob'),
    create('2026-03-03T09:00-08:00', 't3', 'eve'),
    ...everyMinute(20, '2026-03-02T10:00-08:00', (at, i) => say('t1', 'ann', 'c1', { latency_ms: 10 * (i + 1) })(at)),
    ...everyMinute(19, '2026-03-02T09:30-08:00', say('t2', 'bob', 'c2')),
    ...everyMinute(5, '2026-03-04T09:30-08:00', say('t2', 'robot', 'c2', { bot: true })),
    ...everyMinute(4, '2026-03-05T12:00-08:00', (at) => track(at, 'invite_sent', 'ann')),
    track('2026-03-06T12:00-08:00', 'invite_accepted', 'dan'),
    track('2026-03-06T12:00-08:00', 'message_reported', 'ann'),
    subscribe('2026-03-03T12:00-08:00', 't1', 'pro', 100),
    subscribe('2026-03-03T12:00-08:00', 't2', 'free', 0),

    // Second week. t1 talks late on its last evening, when London already has Monday. t2 in two channels, its first
    // message within seven days of the workspace and the twentieth in all.
    create('2026-03-10T09:00-07:00', 't1', 'ann'),
    ...everyMinute(20, '2026-03-15T23:30-07:00', say('t1', 'ann', 'c1')),
    say('t2', 'bob', 'c2', { latency_ms: 100 })('2026-03-09T08:30-07:00'),
    ...everyMinute(19, '2026-03-11T09:00-07:00', (at, i) =>
      say('t2', 'cat', 'c3', i === 0 ? { latency_ms: 300 } : {})(at),
    ),
    track('2026-03-11T12:00-07:00', 'invite_accepted', 'dan'),
    track('2026-03-12T12:00-07:00', 'notifications_muted', 'bob'),
    subscribe('2026-03-12T12:00-07:00', 't2', 'pro', 50),

    // Third week. Both fall below the line; our own people talk, and do not count.
    ...everyMinute(3, '2026-03-17T10:00-07:00', say('t1', 'ann', 'c1', { latency_ms: 'fast' })),
    ...everyMinute(20, '2026-03-18T10:00-07:00', say('t9', 'zoe', 'c9', { internal: true })),
    track('2026-03-19T12:00-07:00', 'invite_sent', 'ann'),
    subscribe('2026-03-19T12:00-07:00', 't1', 'enterprise', 400),

    // Fourth week. t1 is back over it, t2 leaves the paid plan.
    ...everyMinute(20, '2026-03-24T10:00-07:00', say('t1', 'ann', 'c1')),
    subscribe('2026-03-26T12:00-07:00', 't2', 'free', 0),

    // Fifth week. One message each of t1 and t3.
    say('t1', 'ann', 'c1')('2026-03-30T00:00-07:00'),
    say('t3', 'eve', 'c4')('2026-04-05T23:59-07:00'),
    track('2026-04-01T12:00-07:00', 'message_reported', 'ann'),
  ],
  expected: {
    teams_20_plus: [1, 2, 0, 1, 0],
    teams_new: [1, 1, 0, 0, 0],
    teams_returning: [0, 1, 0, 0, 0],
    teams_resurrected: [0, 0, 0, 1, 0],
    teams_lapsed: [0, 0, 2, 0, 1],
    teams_net: [1, 1, -2, 1, -1],
    workspaces_created: [3, 1, 0, 0, 0],
    // t1 and t2 of t1, t2, t3; the second workspace_created of t1 is not its first.
    team_activation: [2 / 3, null, null, null, null],
    // An hour for t1, half an hour for t2.
    time_to_first_message: [2700, null, null, null, null],
    invite_acceptance: [1 / 4, null, 0, null, null],
    messages_per_team: [19.5, 20, 3, 20, 1],
    channels_per_team: [1, 1.5, 1, 1, 1],
    team_retention_week_4: [2 / 3, null, null, null, null],
    report_rate: [1 / 39, 0, 0, 0, 1 / 2],
    // Nobody ever muted before the second week; then bob of ann, bob, cat, dan.
    mute_rate: [null, 1 / 4, 0, 0, 0],
    // 10 to 200 by tens: 190 and a twentieth of the way to 200. Then 100 and 300.
    send_latency_p95: [190.5, 290, null, null, null],
    paid_teams: [1, 2, 2, 1, 1],
    mrr: [100, 150, 450, 400, 400],
  },
}
