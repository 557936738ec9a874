import type { Report } from '@nsm/schema'
import type { Period } from '../../calendar/periods.js'
import type { Store } from '../../store/index.js'
import { column, dataPath } from '../../store/path.js'
import type { Arrivals } from './arrivals.js'
import { type Reach, remember } from './remember.js'

type Counted = Pick<Report['quality'], 'events' | 'late' | 'lost' | 'lastReceivedAt'>

const SEQUENCE = column(dataPath('c', ['seq']), 'Float64')

/**
 * How complete the events of a report are. A device numbers its events from 1 on: a number that is missing between two
 * that arrived was lost, or is still in its outbox. One that left before it was stored says 0 and fills the gap of its
 * number, which a copy had that came too late. Numbers are looked at in the last complete and the running period
 * only, because telling devices apart costs as much as counting users.
 *
 * @param arrivals what arrived of the report's periods, which are in order, the running one last
 */
export async function measureQuality(
  store: Store,
  span: readonly Period[],
  arrivals: readonly Arrivals[],
  asOf: number,
): Promise<Counted> {
  const [before, running] = [span.at(-2) ?? span.at(-1), span.at(-1)]
  const recent = { start: before?.start ?? asOf, end: running?.end ?? asOf }
  const [lost = null] = await remember(store, 'lost', [recent], asOf, async () => [
    await countLost(store, recent, asOf),
  ])
  const events = arrivals.reduce((sum, period) => sum + period.events, 0)
  const last = Math.max(...arrivals.map(({ lastReceived }) => lastReceived))
  return {
    events,
    late: arrivals.reduce((sum, period) => sum + period.late, 0),
    lost,
    lastReceivedAt: events === 0 ? null : new Date(last).toISOString(),
  }
}

/** Missing numbers; null where no event has one. */
async function countLost(store: Pick<Store, 'rows' | 'database'>, { start, end }: Reach, asOf: number) {
  const [numbered] = await store.rows<[number, number]>(
    `SELECT count(), sum(missing) FROM (
      SELECT if(countIf(seq > 0) = 0, 0,
        greatest(0, maxIf(seq, seq > 0) - minIf(seq, seq > 0) + 1 - count())) AS missing
      FROM (SELECT anonymousId, assumeNotNull(${SEQUENCE}) AS seq FROM ${store.database}.events
        WHERE time >= ${start} AND time < ${end} AND receivedAt <= ${asOf} AND anonymousId != '' AND isNotNull(${SEQUENCE}))
      GROUP BY anonymousId
    )`,
  )
  const [devices, lost] = (numbered ?? [0, 0]).map(Number) as [number, number]
  return devices === 0 ? null : lost
}
