const WEEK = 7 * 86_400_000
const DAY = 86_400_000

/**
 * The best SQL that we can write by hand for the numbers of each metric, where weeks start at these instants (ms, UTC,
 * adjoining): one statement that answers rows of a week's position and its number. It may use everything we know of the
 * data: that messages always have a user, that weeks are all of one length, that two identify events never disagree.
 */
export function byHand(starts) {
  const [start, count] = [starts[0], starts.length]
  const end = start + count * WEEK
  const within = (from = start, to = end) => `time >= ${from} AND time < ${to}`
  const w = `intDiv(time - ${start}, ${WEEK})`
  // Rounded down, also before the first week.
  const wAny = `intDiv(time - ${start - 60 * WEEK}, ${WEEK}) - 60`
  const human = 'NOT ifNull(data.p.bot.:Bool, 0)'
  const messages = (from, to) => `FROM nsm.events WHERE name = 'message_sent' AND ${within(from, to)} AND ${human}`
  const team = 'assumeNotNull(data.c.groups.team.:String)'
  // One text that says the week and who: a cheaper key than two.
  const key = (who) => `concat(char(${w}), ${who})`
  const links = `SELECT anonymousId, argMin(userId, time) AS linked FROM nsm.events WHERE name = '$identify' GROUP BY anonymousId`
  // The weeks in which a user was active as bits, the first week's is bit 1; bit 0 is any time before.
  const bit = `bitShiftLeft(toUInt64(1), greatest(${wAny} + 1, 0))`
  const byWeek = `ARRAY JOIN range(1, ${count + 1}) AS b`

  return {
    count: `SELECT ${w} AS w, count() ${messages()} GROUP BY w`,
    sum: `SELECT ${w} AS w, sum(data.p.amount.:Float64) FROM nsm.events WHERE name = 'purchase' AND ${within()} GROUP BY w`,
    unique: `SELECT b, countIf(bitTest(m, b)) FROM (
        SELECT userId, groupBitOr(bitShiftLeft(toUInt64(1), ${w})) AS m ${messages()} GROUP BY userId) ARRAY JOIN range(0, ${count}) AS b GROUP BY b`,
    unique_with_anonymous: `SELECT ${w} AS w, uniqExact(if(u != '', u, if(l.linked != '', l.linked, a))) FROM (
        SELECT time, userId AS u, if(userId = '', anonymousId, '') AS a FROM nsm.events WHERE name = '$page' AND ${within()}
      ) AS e LEFT ANY JOIN (${links}) AS l ON e.a = l.anonymousId GROUP BY w SETTINGS join_use_nulls = 0`,
    having: `SELECT w, count() FROM (SELECT ascii(k) AS w FROM (SELECT ${key(team)} AS k ${messages()}) GROUP BY k HAVING count() >= 20) GROUP BY w`,
    having_days: `SELECT w, count() FROM (
        SELECT ascii(k) AS w FROM (SELECT time, ${key('userId')} AS k ${messages()}) GROUP BY k
        HAVING bitCount(groupBitOr(bitShiftLeft(toUInt8(1), intDiv(time - ${start}, ${DAY}) % 7))) >= 2) GROUP BY w`,
    rolling_28d: `SELECT b, countIf(bitAnd(bitShiftRight(m, b), 15) > 0) FROM (
        SELECT userId, groupBitOr(bitShiftLeft(toUInt64(1), ${wAny} + 3)) AS m ${messages(start - 3 * WEEK)} GROUP BY userId
      ) ARRAY JOIN range(0, ${count}) AS b GROUP BY b`,
    lifecycle_new: `SELECT intDiv(first - ${start}, ${WEEK}), count() FROM (SELECT userId, min(time) AS first ${messages(0)} GROUP BY userId)
      WHERE first >= ${start} GROUP BY 1`,
    lifecycle_returning: `SELECT b - 1, countIf(bitTest(m, b) AND bitTest(m, b - 1)) FROM (
        SELECT userId, groupBitOr(${bit}) AS m ${messages(start - WEEK)} GROUP BY userId) ${byWeek} GROUP BY b`,
    lifecycle_resurrected: `SELECT b - 1, countIf(bitTest(m, b) AND if(b = 1, bitTest(m, 0) AND NOT l, m % bitShiftLeft(toUInt64(1), b - 1) > 0 AND NOT bitTest(m, b - 1)))
      FROM (SELECT userId, groupBitOr(${bit}) AS m, max(${wAny} = -1) AS l ${messages(0)} GROUP BY userId) ${byWeek} GROUP BY b`,
    average: `SELECT ${w} AS w, avg(data.p.length.:Float64) ${messages()} GROUP BY w`,
    average_p90: `SELECT w, quantileExactInclusive(0.9)(n) FROM (SELECT ascii(k) AS w, count() AS n FROM (SELECT ${key('userId')} AS k ${messages()}) GROUP BY k) GROUP BY w`,
    ratio: `SELECT w, sum(n) / countIf(n >= 20) FROM (SELECT ascii(k) AS w, count() AS n FROM (SELECT ${key(team)} AS k ${messages()}) GROUP BY k) GROUP BY w`,
    conversion: `SELECT w, countIf(has(done, w)) / count() FROM (
        SELECT arrayFilter(x -> bitAnd(x, 1) = 1, h) AS o, arrayFilter((n, x) -> bitAnd(x, 1) = 1, arrayReverseFill(y -> bitAnd(y, 1) = 0, h), h) AS next,
          arrayMap(x -> intDiv(intDiv(x, 2) - ${start}, ${WEEK}), o) AS weeks, arrayFilter((w, x, y) -> y <= x + ${2 * WEEK}, weeks, o, next) AS done
        FROM (SELECT arrayPushBack(arraySort(groupArray(time * 2 + (name = 'opened'))), 18000000000000000) AS h FROM nsm.events
          WHERE (name = 'opened' AND ${within()}) OR (name = 'purchase' AND ${within(start, end + WEEK + 1)}) GROUP BY userId)
      ) ARRAY JOIN arrayDistinct(weeks) AS w GROUP BY w`,
    retention: `SELECT b, countIf(bitTest(o, b) AND bitTest(s, b + 1)) / countIf(bitTest(o, b)) FROM (
        SELECT userId, groupBitOrIf(bitShiftLeft(toUInt64(1), ${w}), name = 'opened') AS o,
          groupBitOrIf(bitShiftLeft(toUInt64(1), ${w}), name = 'message_sent') AS s
        FROM nsm.events WHERE name IN ('opened', 'message_sent') AND ${within(start, end + WEEK)} GROUP BY userId
      ) ARRAY JOIN range(0, ${count}) AS b GROUP BY b HAVING ${start} + (b + 2) * ${WEEK} <= ${end}`,
    stock: `SELECT k, sum(d) OVER (ORDER BY k) FROM (
        SELECT x.1 AS k, sum(x.2) AS d FROM (
          SELECT arrayJoin([(greatest(w, 0), toInt64(ok)), (least(next, intDiv(last + ${30 * DAY} - ${start}, ${WEEK})), -toInt64(ok))]) AS x FROM (
            SELECT w, last, ok, leadInFrame(w, 1, ${count}) OVER (PARTITION BY userId ORDER BY w ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS next FROM (
              SELECT ${wAny} AS w, userId, max(time) AS last, argMax(data.p.plan.:String IN ('pro', 'team'), time) AS ok
              FROM nsm.events WHERE name = 'opened' AND ${within(start + WEEK - 30 * DAY)} GROUP BY w, userId)
          ) WHERE greatest(w, 0) < least(next, intDiv(last + ${30 * DAY} - ${start}, ${WEEK}))
        ) GROUP BY k)`,
    derived: `SELECT ${w} AS w, countIf(name = 'message_sent' AND ${human}) - 0.5 * sumIf(data.p.amount.:Float64, name = 'purchase')
      FROM nsm.events WHERE name IN ('message_sent', 'purchase') AND ${within()} GROUP BY w`,
    report_rate: `SELECT ${w} AS w, countIf(name = 'reported') / countIf(name = 'message_sent' AND ${human})
      FROM nsm.events WHERE name IN ('message_sent', 'reported') AND ${within()} GROUP BY w`,
  }
}
