import { sliceEnd } from '../plan/interval.js'
import type { StockPlan } from '../plan/plan.js'
import type { Statement } from './batch.js'
import type { QueryContext } from './context.js'
import { MESSAGE_ID, matching, selectEvents } from './fragments/events.js'
import { labelOf } from './fragments/segment.js'
import { property } from './fragments/value.js'
import { filterSql } from './fragments/where.js'
import { instant, roundedDown, within } from './intervals.js'
import { type AnswerRow, byKey, WHOLE } from './table.js'

const NEVER = instant(Number.POSITIVE_INFINITY)
/** The key of events that no order was found for. */
const TIED = -1

/** What a stock looks at, in order: each end of a slice once. */
interface Looks {
  ends: number[]
  /** When the state at each is looked at: at the end, or now while the period runs. It still holds at the instant it expires. */
  at: number[]
  /** Which events can matter. */
  condition: string
  /** SQL for how many ends are not after a column with an instant. */
  passed(column: string): string
  /** SQL for how many looks an event at `time` does not outlast; undefined where nothing expires. */
  until: string | undefined
}

/** How many entities stand at each slice's end, by their latest event before it, and the total of a property. */
export function stockStatement(context: QueryContext, plan: StockPlan): Statement {
  const looks = looksOf(context, plan)
  const read = byKey((key) => context.slices.flatMap((slice, i) => (sliceEnd(slice) === looks.ends[key] ? [i] : [])))
  const general = () => ({ sql: generalSql(context, plan, looks), read })
  return context.segment ? general() : { ...plainQuestion(context, plan, looks, general), read }
}

function looksOf({ slices, asOf }: QueryContext, { rows, expires }: StockPlan): Looks {
  const ends = [...new Set(slices.map(sliceEnd))].sort((a, b) => a - b)
  const at = ends.map((end) => Math.min(end, asOf))
  const interval = {
    start: expires === undefined ? Number.NEGATIVE_INFINITY : (at[0] ?? 0) - expires,
    end: ends.at(-1) ?? Number.NEGATIVE_INFINITY,
  }
  const bounds = [instant(Number.NEGATIVE_INFINITY), ...ends]
  return {
    ends,
    at,
    condition: `${matching(rows)} AND ${within(interval)}`,
    passed: (column) => `indexOf(CAST([${bounds.join(', ')}], 'Array(Int64)'), ${roundedDown(column, bounds)}) - 1`,
    until:
      expires === undefined
        ? undefined
        : `arrayLastIndex(x -> x <= time + ${expires}, CAST([${at.join(', ')}], 'Array(Int64)'))`,
  }
}

/**
 * What an entity's events said is a sorted list of numbers: twice the time, and one more where the state held. Each stands
 * until the next, or until it expires. Where two at one instant say different things, their order of arrival decides,
 * which these lists do not know, and `general` is asked fallback.
 */
function plainQuestion(
  context: QueryContext,
  { entity, state, sum }: StockPlan,
  { condition, passed, until }: Looks,
  general: () => Statement,
): Omit<Statement, 'read'> {
  const held = state ? filterSql(state) : '1'
  const number = sum === undefined ? {} : { v: `ifNull(${property(sum).number}, 0)` }
  const events = selectEvents(context, { e: entity, code: `time * 2 + ${held}`, ...number }, [condition])
  const lists = `SELECT e, arraySort(groupArray(code)) AS h${
    sum === undefined ? '' : ', arraySort((value, key) -> key, groupArray(v), groupArray(code)) AS vs'
  } FROM (${events}) WHERE e != '' GROUP BY e`
  const tied = sum === undefined ? 'bitAnd(x, 1) = 0 AND next = x + 1' : 'bitShiftRight(next, 1) = bitShiftRight(x, 1)'
  const said = `SELECT bitShiftRight(x, 1) AS time, bitShiftRight(next, 1) AS superseded, ${sum === undefined ? '0' : 'v'} AS v, ${tied} AS tied
    FROM (${lists}) ARRAY JOIN h AS x, arrayPushBack(arrayPopFront(h), ${NEVER * 2}) AS next${sum === undefined ? '' : ', vs AS v'}
    WHERE bitAnd(x, 1) = 1 OR tied`
  const last = until === undefined ? passed('superseded') : `least(${passed('superseded')}, ${until})`
  return {
    sql: `SELECT i, '${WHOLE}', count(), sum(v) FROM (
      SELECT v, arrayJoin(if(tied, [toInt64(${TIED})], range(toInt64(${passed('time')}), toInt64(greatest(${passed('time')}, ${last}))))) AS i
      FROM (${said})) GROUP BY i`,
    fallback: (found: AnswerRow[]) => (found.some(([key]) => Number(key) === TIED) ? general() : undefined),
  }
}

/**
 * The latest event of each entity before each slice's end; then how many of those stand, and the total of a property.
 *
 * What an entity's latest event says holds from the first end after it to the next one's, or until it expires: so only
 * the events that are the last before some end are multiplied, not all.
 */
function generalSql(context: QueryContext, { entity, state, sum, expires }: StockPlan, looks: Looks): string {
  const said = [
    'time',
    state ? filterSql(state) : '1',
    sum === undefined ? '0' : `ifNull(${property(sum).number}, 0)`,
    labelOf(context.segment).sql,
  ]
  const events = selectEvents(
    context,
    { e: entity, k: looks.passed('time'), said: `(${said.join(', ')})`, rank: `(time, receivedAt, ${MESSAGE_ID})` },
    [looks.condition],
  )
  const until =
    expires === undefined
      ? 'next'
      : `least(next, arrayLastIndex(x -> x <= holds.2.1 + ${expires}, CAST([${looks.at.join(', ')}], 'Array(Int64)')))`
  return `SELECT i, holds.2.4 AS label, countIf(holds.2.2), sumIf(holds.2.3, holds.2.2) FROM (
      SELECT holds, arrayJoin(range(holds.1, greatest(holds.1, ${until}))) AS i FROM (
        SELECT arraySort(x -> x.1, groupArray((k, l))) AS h, arrayPushBack(arrayPopFront(h.1), ${looks.ends.length}) AS nexts FROM (
          SELECT e, toInt64(k) AS k, argMax(said, rank) AS l FROM (${events}) WHERE e != '' GROUP BY e, k
        ) GROUP BY e
      ) ARRAY JOIN h AS holds, nexts AS next
    ) GROUP BY i, label`
}
