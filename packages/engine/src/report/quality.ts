import type { Report } from '@nsm/schema'
import type { Store } from '../store/index.js'
import { column, dataPath } from '../store/path.js'

export interface QualityRange {
  /** UTC instants (ms), half open: the report's periods. */
  start: number
  end: number
  /** Where the periods start in which lost events are looked for. */
  recent: number
  /** UTC instant, ms. */
  asOf: number
}

type Counted = Pick<Report['quality'], 'events' | 'late' | 'lost' | 'lastReceivedAt'>

const HOUR = 3_600_000
const SEQUENCE = column(dataPath('c', ['seq']), 'Float64')

/**
 * How complete the events of a report are. A device numbers its events from 1 on: a number that is missing between two
 * that arrived was lost, or is still in its outbox. Numbers are looked at from `recent` on only, because telling devices
 * apart costs as much as counting users.
 */
export async function measureQuality(
  store: Pick<Store, 'rows' | 'database'>,
  { start, end, recent, asOf }: QualityRange,
): Promise<Counted> {
  const seen = (from: number) => `time >= ${from} AND time < ${end} AND receivedAt <= ${asOf}`
  const [[counted], [numbered]] = await Promise.all([
    store.rows<[number, number, number]>(
      `SELECT count(), countIf(receivedAt - time > ${HOUR}), max(receivedAt) FROM ${store.database}.events WHERE ${seen(start)}`,
    ),
    store.rows<[number, number]>(
      `SELECT count(), sum(missing) FROM (
        SELECT max(seq) - min(seq) + 1 - uniqExact(seq) AS missing
        FROM (SELECT anonymousId, assumeNotNull(${SEQUENCE}) AS seq FROM ${store.database}.events
          WHERE ${seen(recent)} AND anonymousId != '' AND isNotNull(${SEQUENCE}))
        GROUP BY anonymousId
      )`,
    ),
  ])
  const [events, late, last] = (counted ?? [0, 0, 0]).map(Number) as [number, number, number]
  const [devices, lost] = (numbered ?? [0, 0]).map(Number) as [number, number]
  return {
    events,
    late,
    lost: devices === 0 ? null : lost,
    lastReceivedAt: events === 0 ? null : new Date(last).toISOString(),
  }
}
