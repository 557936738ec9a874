import type { Report } from '@nsm/schema'
import type { Period } from '../calendar/periods.js'
import { assign } from '../plan/spans.js'
import type { Store } from '../store/index.js'
import { column, dataPath } from '../store/path.js'
import { type Reach, remember } from './remember.js'

export interface QualityRange {
  /** The report's periods in order, the running one last. */
  span: readonly Period[]
  /** UTC instant, ms. */
  asOf: number
}

type Counted = Pick<Report['quality'], 'events' | 'late' | 'lost' | 'lastReceivedAt'>

const HOUR = 3_600_000
const SEQUENCE = column(dataPath('c', ['seq']), 'Float64')

/**
 * How complete the events of a report are. A device numbers its events from 1 on: a number that is missing between two
 * that arrived was lost, or is still in its outbox. Numbers are looked at in the last complete and the running period
 * only, because telling devices apart costs as much as counting users.
 */
export async function measureQuality(
  store: Pick<Store, 'rows' | 'database' | 'changes'>,
  { span, asOf }: QualityRange,
): Promise<Counted> {
  const [before, running] = [span.at(-2) ?? span.at(-1), span.at(-1)]
  const recent = { start: before?.start ?? asOf, end: running?.end ?? asOf }
  const [periods, [lost = null]] = await Promise.all([
    remember(store, 'events', span, asOf, (missing) => countEvents(store, missing, asOf)),
    remember(store, 'lost', [recent], asOf, async () => [await countLost(store, recent, asOf)]),
  ])
  const events = periods.reduce((sum, period) => sum + period.events, 0)
  const last = Math.max(...periods.map(({ lastReceived }) => lastReceived))
  return {
    events,
    late: periods.reduce((sum, period) => sum + period.late, 0),
    lost,
    lastReceivedAt: events === 0 ? null : new Date(last).toISOString(),
  }
}

const NOTHING = { events: 0, late: 0, lastReceived: Number.NEGATIVE_INFINITY }

async function countEvents(store: Pick<Store, 'rows' | 'database'>, spans: readonly Reach[], asOf: number) {
  const { key, condition, keyOf } = assign(spans)
  const rows = await store.rows<[number, number, number, number]>(
    `SELECT ${key} AS start, count(), countIf(receivedAt - time > ${HOUR}), max(receivedAt) FROM ${store.database}.events
    WHERE ${condition} AND receivedAt <= ${asOf} GROUP BY start`,
  )
  const counted = new Map(
    rows.map((row) => {
      const [start, events, late, lastReceived] = row.map(Number) as typeof row
      return [start, { events, late, lastReceived }]
    }),
  )
  return spans.map((_, i) => counted.get(keyOf(i) ?? Number.NaN) ?? NOTHING)
}

/** Missing numbers; null where no event has one. */
async function countLost(store: Pick<Store, 'rows' | 'database'>, { start, end }: Reach, asOf: number) {
  const [numbered] = await store.rows<[number, number]>(
    `SELECT count(), sum(missing) FROM (
      SELECT max(seq) - min(seq) + 1 - uniqExact(seq) AS missing
      FROM (SELECT anonymousId, assumeNotNull(${SEQUENCE}) AS seq FROM ${store.database}.events
        WHERE time >= ${start} AND time < ${end} AND receivedAt <= ${asOf} AND anonymousId != '' AND isNotNull(${SEQUENCE}))
      GROUP BY anonymousId
    )`,
  )
  const [devices, lost] = (numbered ?? [0, 0]).map(Number) as [number, number]
  return devices === 0 ? null : lost
}
