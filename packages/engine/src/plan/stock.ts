import type { StockPlan } from './plan.js'
import { MESSAGE_ID, matching, selectEvents } from './rows.js'
import { type Scene, sliceEnd } from './scene.js'
import { segmentLabel } from './segment.js'
import { floorTo, instant, within } from './spans.js'
import { byKey, type Question, WHOLE } from './table.js'
import { property } from './value.js'
import { filterSql } from './where.js'

/**
 * The latest event of each entity before each slice's end; then how many of those stand, and the total of a property.
 *
 * What an entity's latest event says holds from the first end after it to the next one's, or until it expires: so only
 * the events that are the last before some end are multiplied, not all.
 */
export function stockQuestion(scene: Scene, { rows, entity, state, sum, expires }: StockPlan): Question {
  const ends = [...new Set(scene.slices.map(sliceEnd))].sort((a, b) => a - b)
  const last = ends.at(-1) ?? Number.NEGATIVE_INFINITY
  const bounds = [instant(Number.NEGATIVE_INFINITY), ...ends]
  const said = [
    'time',
    state ? filterSql(state) : '1',
    sum === undefined ? '0' : `ifNull(${property(sum).number}, 0)`,
    scene.segment ? segmentLabel(scene.segment) : `'${WHOLE}'`,
  ]
  const events = selectEvents(
    scene,
    {
      e: entity,
      k: `indexOf(CAST([${bounds.join(', ')}], 'Array(Int64)'), ${floorTo(bounds)}) - 1`,
      said: `(${said.join(', ')})`,
      rank: `(time, receivedAt, ${MESSAGE_ID})`,
    },
    [matching(rows), within({ start: Number.NEGATIVE_INFINITY, end: last })],
  )
  // When a state is looked at: at the end, or now while the period runs. It still holds at the instant it expires.
  const looked = `CAST([${ends.map((end) => Math.min(end, scene.asOf)).join(', ')}], 'Array(Int64)')`
  const until =
    expires === undefined ? 'next' : `least(next, arrayLastIndex(x -> x <= holds.2.1 + ${expires}, ${looked}))`
  return {
    sql: `SELECT i, holds.2.4 AS label, countIf(holds.2.2), sumIf(holds.2.3, holds.2.2) FROM (
      SELECT holds, arrayJoin(range(holds.1, greatest(holds.1, ${until}))) AS i FROM (
        SELECT arraySort(x -> x.1, groupArray((k, l))) AS h, arrayPushBack(arrayPopFront(h.1), ${ends.length}) AS nexts FROM (
          SELECT e, toInt64(k) AS k, argMax(said, rank) AS l FROM (${events}) WHERE e != '' GROUP BY e, k
        ) GROUP BY e
      ) ARRAY JOIN h AS holds, nexts AS next
    ) GROUP BY i, label`,
    read: byKey((key) => scene.slices.flatMap((slice, i) => (sliceEnd(slice) === ends[key] ? [i] : []))),
  }
}
