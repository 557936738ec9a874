import { parseTree } from '@nsm/schema'

const people = { bot: { not: true } }
const sent = { event: 'message_sent', where: people }

const definitions = {
  count: { kind: 'count', ...sent },
  sum: { kind: 'sum', event: 'purchase', property: 'amount' },
  unique: { kind: 'unique', of: 'user', ...sent },
  unique_with_anonymous: { kind: 'unique', of: 'user', event: '$page' },
  unique_having: { kind: 'unique', of: 'team', ...sent, having: { count: { gte: 20 } } },
  rolling_28d: { kind: 'unique', of: 'user', ...sent, window: '28d' },
  lifecycle_new: { kind: 'unique', of: 'user', ...sent, lifecycle: 'new' },
  average_p90: { kind: 'average', ...sent, per: 'user', measure: 'count', stat: 'p90' },
  ratio: { kind: 'ratio', top: 'count', bottom: 'unique_having' },
  conversion: { kind: 'conversion', of: 'user', from: { event: 'opened' }, to: { event: 'purchase' }, within: '7d' },
  retention: { kind: 'retention', of: 'user', from: { event: 'opened' }, to: { event: 'message_sent' }, after: 1 },
  stock: { kind: 'stock', of: 'user', event: 'opened', state: { plan: ['pro', 'team'] }, expires: '30d' },
  reports: { kind: 'count', event: 'reported' },
  report_rate: { kind: 'ratio', top: 'reports', bottom: 'count' },
}

/** One north star, five inputs, two guardrails. */
export const REPORT = [
  'unique_having',
  'count',
  'unique',
  'ratio',
  'sum',
  'unique_with_anonymous',
  'report_rate',
  'conversion',
]

const parsed = parseTree({
  version: 1,
  product: 'Bench',
  calendar: { timezone: 'UTC' },
  entities: { team: {} },
  events: { message_sent: { value: true }, opened: {}, purchase: {}, reported: {}, $page: {} },
  northStar: ['unique_having'],
  metrics: Object.fromEntries(Object.entries(definitions).map(([id, definition]) => [id, { title: id, definition }])),
})
if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
export const TREE = parsed.value

/** The best SQL that we can write by hand for the same numbers, where `w` is the start of a week. */
export function byHand(weeks) {
  const w = (from = weeks[0], to = weeks.at(-1)) => `time >= ${from} AND time < ${to + 604_800_000}`
  const week = `intDiv(time - ${weeks[0]}, 604800000)`
  const messages = `FROM nsm.events WHERE name = 'message_sent' AND ${w()} AND NOT ifNull(data.p.bot.:Bool, 0)`
  const team = 'data.c.groups.team.:String'
  const reported = `SELECT ${week} AS w, count() FROM nsm.events WHERE name = 'reported' AND ${w()} GROUP BY w`
  const links = `SELECT anonymousId, argMin(userId, time) AS linked FROM nsm.events WHERE name = '$identify' GROUP BY anonymousId`
  return {
    count: [`SELECT ${week} AS w, count() ${messages} GROUP BY w`],
    sum: [
      `SELECT ${week} AS w, sum(data.p.amount.:Float64) FROM nsm.events WHERE name = 'purchase' AND ${w()} GROUP BY w`,
    ],
    unique: [`SELECT ${week} AS w, uniqExact(userId) ${messages} GROUP BY w`],
    unique_with_anonymous: [
      `SELECT w, uniqExact(if(u != '', u, if(l.linked != '', l.linked, a))) FROM (
        SELECT ${week} AS w, userId AS u, if(userId = '', anonymousId, '') AS a FROM nsm.events WHERE name = '$page' AND ${w()} GROUP BY w, u, a
      ) AS e LEFT ANY JOIN (${links}) AS l ON e.a = l.anonymousId GROUP BY w SETTINGS join_use_nulls = 0`,
    ],
    unique_having: [
      `SELECT w, count() FROM (SELECT ${week} AS w, ${team} AS t ${messages} GROUP BY w, t HAVING count() >= 20) GROUP BY w`,
    ],
    lifecycle_new: [
      `SELECT w, count() FROM (SELECT userId, intDiv(min(time) - ${weeks[0]}, 604800000) AS w, min(time) AS first FROM nsm.events
        WHERE name = 'message_sent' AND time < ${weeks.at(-1) + 604_800_000} AND NOT ifNull(data.p.bot.:Bool, 0) GROUP BY userId) WHERE first >= ${weeks[0]} GROUP BY w`,
    ],
    average_p90: [
      `SELECT w, quantileExactInclusive(0.9)(n) FROM (SELECT ${week} AS w, userId, count() AS n ${messages} GROUP BY w, userId) GROUP BY w`,
    ],
    ratio: [
      `SELECT w, sum(n), countIf(n >= 20) FROM (SELECT ${week} AS w, ${team} AS t, count() AS n ${messages} GROUP BY w, t) GROUP BY w`,
    ],
    report_rate: [`SELECT ${week} AS w, count() ${messages} GROUP BY w`, reported],
    reports: [reported],
  }
}
