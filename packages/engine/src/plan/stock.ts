import type { StockPlan } from './plan.js'
import { MESSAGE_ID, matching, selectEvents } from './rows.js'
import { type Scene, sliceEnd } from './scene.js'
import { segmentLabel } from './segment.js'
import { floorTo, instant, within } from './spans.js'
import { byKey, type Question, WHOLE } from './table.js'
import { property } from './value.js'
import { filterSql } from './where.js'

/** The latest event of each entity before each slice's end; then how many of those stand, and the total of a property. */
export function stockQuestion(scene: Scene, { rows, entity, state, sum, expires }: StockPlan): Question {
  const ends = scene.slices.map(sliceEnd)
  const last = ends.reduce((most, end) => Math.max(most, end), Number.NEGATIVE_INFINITY)
  const bounds = [instant(Number.NEGATIVE_INFINITY), ...new Set([...ends].sort((a, b) => a - b))]
  const said = [
    'time',
    state ? filterSql(state) : '1',
    sum === undefined ? '0' : `ifNull(${property(sum).number}, 0)`,
    scene.segment ? segmentLabel(scene.segment) : `'${WHOLE}'`,
  ]
  const events = selectEvents(
    scene,
    { e: entity, k: floorTo(bounds), said: `(${said.join(', ')})`, rank: `(time, receivedAt, ${MESSAGE_ID})` },
    [matching(rows), within({ start: Number.NEGATIVE_INFINITY, end: last })],
  )
  // (position, until when events count, when it is looked at)
  const points = ends.map((end, i) => `(${i}, ${end}, ${Math.min(end, scene.asOf)})`)
  const held = expires === undefined ? '' : ` AND latest.2.1 + ${expires} >= p.3`
  return {
    sql: `SELECT p.1, latest.2.4, countIf(latest.2.2), sumIf(latest.2.3, latest.2.2) FROM (
      SELECT p, arrayLast(x -> x.1 < p.2, h) AS latest FROM (
        SELECT e, arraySort(x -> x.1, groupArray((k, l))) AS h FROM (
          SELECT e, k, argMax(said, rank) AS l FROM (${events}) WHERE e != '' GROUP BY e, k
        ) GROUP BY e
      ) ARRAY JOIN CAST([${points.join(', ')}], 'Array(Tuple(Int64, Int64, Int64))') AS p
      WHERE h[1].1 < p.2
    ) WHERE 1${held} GROUP BY 1, 2`,
    read: byKey((position) => [position]),
  }
}
