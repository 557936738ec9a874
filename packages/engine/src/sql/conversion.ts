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
    entity,
    at: 'time',
    received: 'receivedAt',
    message: MESSAGE_ID,
    is_from: matching(from.rows),
    is_to: matching(to.rows),
    segment: label,
    ...(from.having ? { grp: from.having.by } : {}),
    ...(to.having ? havingColumns(context, to.having, to.rows, to.first ? FOREVER : reach) : {}),
  }
  const events = selectEvents(context, fields, [
    `((${matching(from.rows)} AND ${inside(from.first ? { ...FOREVER, end: entered.end } : entered)}) OR ` +
      `(${matching(to.rows)} AND ${inside(to.first ? { ...FOREVER, end: reach.end } : reach)}))`,
  ])
  const names = Object.keys(fields).filter((name) => name !== 'entity')
  const field = (name: string) => `.${names.indexOf(name) + 1}`
  const isFrom = (x: string) => `${x}${field('is_from')}`
  const isTo = (x: string, n: string) => (to.first ? `${n} = first_to` : `${x}${field('is_to')}`)
  const histories = `SELECT entity, arraySort(groupArray((${names.join(', ')}))) AS history,
      arrayFirstIndex(x -> ${isFrom('x')}, history) AS first_from, arrayFirstIndex(x -> x${field('is_to')}, history) AS first_to
    FROM (${events}) WHERE entity != '' GROUP BY entity`
  // Behind each event, when the next `to` happens.
  const followed = `SELECT entity, history, first_from, first_to,
      arrayPushBack(arrayPopFront(arrayReverseFill(v -> v < ${NEVER},
        arrayMap((x, n) -> if(${isTo('x', 'n')}, x.1, ${NEVER}), history, arrayEnumerate(history)))), ${NEVER}) AS nexts
    FROM histories`
  const starts = `SELECT entity, x.1 AS time, x${field('segment')} AS segment, n,
      ${from.having ? `x${field('grp')} AS grp, ` : ''}${to.having ? 'history, first_to' : 'next'}
    FROM followed ARRAY JOIN history AS x, arrayEnumerate(history) AS n, nexts AS next
    WHERE ${isFrom('x')} ${from.first ? 'AND n = first_from' : ''}`
  const entries = `SELECT *, ${key} AS period FROM (${starts}) WHERE ${condition}`
  const until = untilOf(context, keyOf)
  const isInTime = `moment <= time + ${within} AND moment < ${until}`
  const candidates = `arrayFilter((y, j) -> j > n AND ${isTo('y', 'j')} AND y.1 <= time + ${within} AND y.1 < ${until}, history, arrayEnumerate(history))`
  const timed = to.having
    ? `SELECT *, if(found = 0, ${NEVER}, later[found].1) AS moment FROM (
        SELECT *, arrayFirst(j -> ${reachedWith(to.having, field)}, range(1, length(later) + 1)) AS found FROM (
          SELECT *, ${candidates} AS later FROM entries))`
    : `SELECT *, next AS moment FROM entries`
  const qualified = from.having
    ? `AND (period, segment, grp) IN (${keptSql(context, plan, from.having, key, condition, label, entered)})`
    : ''
  return {
    sql: `WITH
        histories AS (${histories}),
        followed AS (${followed}),
        entries AS (${entries}),
        conversions AS (
          SELECT period, segment, entity, minIf(moment - time, ${isInTime}) AS fastest, countIf(${isInTime}) > 0 AS converted
          FROM (${timed}) WHERE 1 ${qualified} GROUP BY period, segment, entity)
      SELECT period, segment, countIf(converted), count(),
        if(countIf(converted) = 0, NULL, quantileExactInclusiveIf(0.5)(fastest, converted) / 1000)
      FROM conversions GROUP BY period, segment`,
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
  const groups = selectEvents(context, { period: key, segment: label, grp: having.by, ...thresholds.columns }, [
    matching(from.rows),
    condition,
  ])
  return `SELECT period, segment, grp FROM (${groups}) WHERE grp != '' GROUP BY period, segment, grp HAVING ${thresholds.reached()}`
}

/** Whether the first `j` events of the list `later` reach the thresholds. */
function reachedWith(having: HavingPlan, field: (name: string) => string): string {
  const soFar = (name: string) => `arrayMap(y -> y${field(name)}, arraySlice(later, 1, j))`
  return [
    bounded('j', having.count),
    having.days ? bounded(`arrayUniq(${soFar('keptDay')})`, having.days) : '',
    having.sum ? bounded(`arraySum(arrayMap(y -> ifNull(y, 0), ${soFar('keptNumber')}))`, having.sum) : '',
    having.unique ? bounded(`arrayUniq(arrayFilter(y -> y != '', ${soFar('keptValue')}))`, having.unique) : '',
  ]
    .filter((test) => test !== '')
    .join(' AND ')
}
