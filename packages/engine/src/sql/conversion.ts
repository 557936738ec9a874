import { hull, type Interval, sliceEnd } from '../plan/interval.js'
import type { ConversionPlan, HavingPlan } from '../plan/plan.js'
import type { Statement } from './batch.js'
import type { QueryContext } from './context.js'
import { fastConversion, untilOf } from './fast/conversion.js'
import { type Column, MESSAGE_ID, matching, selectEvents } from './fragments/events.js'
import { bounded, havingColumns, thresholdsOf } from './fragments/having.js'
import { labelOf } from './fragments/segment.js'
import { assign, within as inside, instant } from './intervals.js'
import { byKey } from './table.js'

const NEVER = instant(Number.POSITIVE_INFINITY)
const FOREVER: Interval = { start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY }

/** Who entered in a slice, and of them who converted. Answers converted, entered, and the median of the fastest successes. */
export function conversionStatement(context: QueryContext, plan: ConversionPlan): Statement {
  const general = () => generalStatement(context, plan)
  return fastConversion(context, plan, general) ?? general()
}

/**
 * Both ends of every entity as one sorted list; each `from` looks for the `to` after it. Answers converted, entered, and
 * the median of each entity's fastest success in seconds.
 */
function generalStatement(context: QueryContext, plan: ConversionPlan): Statement {
  const { entity, from, to, within } = plan
  const intervals = context.slices.map((slice) => ({ start: slice.period.start, end: sliceEnd(slice) }))
  const entered = hull(intervals)
  const { key, condition, positions, keyOf } = assign(intervals)
  const reach = { start: entered.start, end: entered.end + within + 1 }
  const { sql: label } = labelOf(context.segment)

  // Time, receipt and message id first: a list of these tuples sorts into the order in which things happened.
  const fields: Record<string, Column> = {
    e: entity,
    at: 'time',
    r: 'receivedAt',
    m: MESSAGE_ID,
    f: matching(from.rows),
    t: matching(to.rows),
    s: label,
    ...(from.having ? { k: from.having.by } : {}),
    ...(to.having ? havingColumns(context, to.having, to.rows, to.first ? FOREVER : reach) : {}),
  }
  const events = selectEvents(context, fields, [
    `((${matching(from.rows)} AND ${inside(from.first ? { ...FOREVER, end: entered.end } : entered)}) OR ` +
      `(${matching(to.rows)} AND ${inside(to.first ? { ...FOREVER, end: reach.end } : reach)}))`,
  ])
  const names = Object.keys(fields).filter((name) => name !== 'e')
  const field = (name: string) => `.${names.indexOf(name) + 1}`
  const isTo = (x: string, n: string) => (to.first ? `${n} = firstTo` : `${x}${field('t')}`)
  const lists = `SELECT e, arraySort(groupArray((${names.join(', ')}))) AS h,
      arrayFirstIndex(x -> x${field('f')}, h) AS firstFrom, arrayFirstIndex(x -> x${field('t')}, h) AS firstTo
    FROM (${events}) WHERE e != '' GROUP BY e`

  const starts = `SELECT e, x.1 AS time, x${field('s')} AS s, n, ${from.having ? `x${field('k')} AS k, ` : ''}${
    to.having ? 'h, firstTo' : 'next'
  } FROM (SELECT e, h, firstFrom, firstTo, arrayPushBack(arrayPopFront(arrayReverseFill(v -> v < ${NEVER},
        arrayMap((x, n) -> if(${isTo('x', 'n')}, x.1, ${NEVER}), h, arrayEnumerate(h)))), ${NEVER}) AS nexts FROM (${lists}))
    ARRAY JOIN h AS x, arrayEnumerate(h) AS n, nexts AS next
    WHERE x${field('f')} ${from.first ? 'AND n = firstFrom' : ''}`
  const placed = `SELECT *, ${key} AS w FROM (${starts}) WHERE ${condition}`
  const until = untilOf(context, keyOf)
  const inTime = `arrayFilter((y, j) -> j > n AND ${isTo('y', 'j')} AND y.1 <= time + ${within} AND y.1 < ${until}, h, arrayEnumerate(h))`
  const timed = to.having
    ? `SELECT *, if(found = 0, ${NEVER}, l[found].1) AS moment FROM (
        SELECT *, arrayFirst(j -> ${reachedWith(to.having, field)}, range(1, length(l) + 1)) AS found FROM (
          SELECT *, ${inTime} AS l FROM (${placed})))`
    : `SELECT *, next AS moment FROM (${placed})`
  const qualified = from.having
    ? `AND (w, s, k) IN (${keptSql(context, plan, from.having, key, condition, label, entered)})`
    : ''
  const outcomes = `SELECT w, s, e, minIf(moment - time, moment <= time + ${within} AND moment < ${until}) AS least,
      countIf(moment <= time + ${within} AND moment < ${until}) > 0 AS done
    FROM (${timed}) WHERE 1 ${qualified} GROUP BY w, s, e`
  return {
    sql: `SELECT w, s, countIf(done), count(), if(countIf(done) = 0, NULL, quantileExactInclusiveIf(0.5)(least, done) / 1000)
      FROM (${outcomes}) GROUP BY w, s`,
    read: byKey(positions),
  }
}

/** The groups whose `from` events reach the thresholds in their slice. */
function keptSql(
  context: QueryContext,
  { from }: ConversionPlan,
  having: HavingPlan,
  key: string,
  condition: string,
  label: string,
  interval: Interval,
): string {
  const thresholds = thresholdsOf(context, having, from.rows, [interval])
  const groups = selectEvents(context, { w: key, s: label, k: having.by, ...thresholds.columns }, [
    matching(from.rows),
    condition,
  ])
  return `SELECT w, s, k FROM (${groups}) WHERE k != '' GROUP BY w, s, k HAVING ${thresholds.reached()}`
}

/** Whether the first `j` events of the list `l` reach the thresholds. */
function reachedWith(having: HavingPlan, field: (name: string) => string): string {
  const soFar = (name: string) => `arrayMap(y -> y${field(name)}, arraySlice(l, 1, j))`
  return [
    bounded('j', having.count),
    having.days ? bounded(`arrayUniq(${soFar('keptDay')})`, having.days) : '',
    having.sum ? bounded(`arraySum(arrayMap(y -> ifNull(y, 0), ${soFar('keptNumber')}))`, having.sum) : '',
    having.unique ? bounded(`arrayUniq(arrayFilter(y -> y != '', ${soFar('keptValue')}))`, having.unique) : '',
  ]
    .filter((test) => test !== '')
    .join(' AND ')
}
