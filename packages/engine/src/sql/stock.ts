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
    {
      entity: entity,
      look: looks.passed('time'),
      said: `(${said.join(', ')})`,
      rank: `(time, receivedAt, ${MESSAGE_ID})`,
    },
    [looks.condition],
  )
  const until =
    expires === undefined
      ? 'next'
      : `least(next, arrayLastIndex(x -> x <= latest.2.1 + ${expires}, CAST([${looks.at.join(', ')}], 'Array(Int64)')))`
  return `WITH
      latest_before AS (
        SELECT entity, toInt64(look) AS look, argMax(said, rank) AS said FROM (${events})
        WHERE entity != '' GROUP BY entity, look),
      entities AS (
        SELECT arraySort(x -> x.1, groupArray((look, said))) AS history,
          arrayPushBack(arrayPopFront(history.1), ${looks.ends.length}) AS nexts
        FROM latest_before GROUP BY entity),
      holding AS (
        SELECT latest, arrayJoin(range(latest.1, greatest(latest.1, ${until}))) AS look
        FROM entities ARRAY JOIN history AS latest, nexts AS next)
    SELECT look, latest.2.4 AS label, countIf(latest.2.2), sumIf(latest.2.3, latest.2.2) FROM holding GROUP BY look, label`
}
