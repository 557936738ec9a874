import { sliceEnd } from '../plan/interval.js'
import type { StockPlan } from '../plan/plan.js'
import type { Statement } from './batch.js'
import type { QueryContext } from './context.js'
import { fastStock, type Looks } from './fast/stock.js'
import { MESSAGE_ID, matching, selectEvents } from './fragments/events.js'
import { labelOf } from './fragments/segment.js'
import { property } from './fragments/value.js'
import { filterSql } from './fragments/where.js'
import { instant, roundedDown, within } from './intervals.js'
import { byKey } from './table.js'

/** How many entities stand at each slice's end, by their latest event before it, and the total of a property. */
export function stockStatement(context: QueryContext, plan: StockPlan): Statement {
  const looks = looksOf(context, plan)
  const read = byKey((key) => context.slices.flatMap((slice, i) => (sliceEnd(slice) === looks.ends[key] ? [i] : [])))
  const general = () => ({ sql: generalSql(context, plan, looks), read })
  const fast = fastStock(context, plan, looks, general)
  return fast ? { ...fast, read } : general()
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
