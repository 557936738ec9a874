import type { Report } from '@nsm/schema'
import type { Store } from '../store/index.js'
import { column, dataPath } from '../store/path.js'
import { remember } from './remember.js'

export interface QualityRange {
  /** UTC instants (ms), half open: the report's periods. */
  start: number
  end: number
  /** Where the running period starts. */
  running: number
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
  store: Pick<Store, 'rows' | 'database' | 'changes'>,
  { start, running, end, recent, asOf }: QualityRange,
): Promise<Counted> {
  const count = (from: number, to: number) =>
    remember(store, 'events', { start: from, end: to }, asOf, () => countEvents(store, from, to, asOf))
  // What is over need not be counted again for each event of the running period.
  const parts = await Promise.all([count(start, running), count(running, end)])
  const events = parts.reduce((sum, part) => sum + part.events, 0)
  const lastReceived = Math.max(...parts.map((part) => part.lastReceived))
  return {
    events,
    late: parts.reduce((sum, part) => sum + part.late, 0),
    lost: await remember(store, 'lost', { start: recent, end }, asOf, () => countLost(store, recent, end, asOf)),
    lastReceivedAt: events === 0 ? null : new Date(lastReceived).toISOString(),
  }
}

async function countEvents(store: Pick<Store, 'rows' | 'database'>, start: number, end: number, asOf: number) {
  const [counted] = await store.rows<[number, number, number]>(
    `SELECT count(), countIf(receivedAt - time > ${HOUR}), max(receivedAt) FROM ${store.database}.events
    WHERE ${seen(start, end, asOf)}`,
  )
  const [events, late, lastReceived] = (counted ?? [0, 0, 0]).map(Number) as [number, number, number]
  return { events, late, lastReceived: events === 0 ? Number.NEGATIVE_INFINITY : lastReceived }
}

/** Missing numbers; null where no event has one. */
async function countLost(store: Pick<Store, 'rows' | 'database'>, start: number, end: number, asOf: number) {
  const [numbered] = await store.rows<[number, number]>(
    `SELECT count(), sum(missing) FROM (
      SELECT max(seq) - min(seq) + 1 - uniqExact(seq) AS missing
      FROM (SELECT anonymousId, assumeNotNull(${SEQUENCE}) AS seq FROM ${store.database}.events
        WHERE ${seen(start, end, asOf)} AND anonymousId != '' AND isNotNull(${SEQUENCE}))
      GROUP BY anonymousId
    )`,
  )
  const [devices, lost] = (numbered ?? [0, 0]).map(Number) as [number, number]
  return devices === 0 ? null : lost
}

function seen(start: number, end: number, asOf: number): string {
  return `time >= ${start} AND time < ${end} AND receivedAt <= ${asOf}`
}
