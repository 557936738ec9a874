import type { Rows } from '../plan/plan.js'
import type { Extent, Store } from '../store/index.js'

/** What is known of the events as a whole, as of an instant. */
export interface Facts {
  /** The first event of these names (ms), null when there is none. */
  firstSeen(rows: Pick<Rows, 'events'>): number | null
  /** The time (ms) of the last event. */
  lastSeen: number
  /** Whether an anonymous id was ever linked to a user. */
  linked: boolean
  /** Whether some event of these names (`*`: any) has no user id. */
  anonymous(names: readonly string[]): boolean
  /** Only what was received until here (ms) counts; null when that is every event there is. */
  receivedUntil: number | null
}

/** Names and spans of time, as of an instant (ms). Remembered while that is every event there is. */
export async function readFacts(store: Store, asOf: number): Promise<Facts> {
  const { changes } = store
  if (changes && !changes.extents) {
    const revision = changes.revision
    const { extents, lastReceived } = await look(store, '')
    changes.learn(extents, lastReceived, revision)
  }
  if (changes?.extents && asOf >= changes.lastReceived) return { ...toFacts(changes.extents), receivedUntil: null }
  return { ...toFacts((await look(store, `WHERE receivedAt <= ${asOf}`)).extents), receivedUntil: asOf }
}

async function look(store: Store, where: string): Promise<{ extents: Extent[]; lastReceived: number }> {
  const rows = await store.rows<[string, string, number, number, number, number]>(
    `SELECT name, type, min(time), max(time), max(receivedAt), countIf(empty(userId)) FROM ${store.database}.events ${where} GROUP BY name, type`,
  )
  return {
    extents: rows.map(([name, type, first, last, , anonymous]) => ({
      name,
      type,
      first: Number(first),
      last: Number(last),
      anonymous: Number(anonymous) > 0,
    })),
    lastReceived: rows.reduce((most, row) => Math.max(most, Number(row[4])), Number.NEGATIVE_INFINITY),
  }
}

function toFacts(extents: readonly Extent[]): Omit<Facts, 'receivedUntil'> {
  return {
    firstSeen({ events }) {
      const times = extents
        .filter(({ name, type }) =>
          events.some((wanted) => (wanted === '*' ? ['track', 'page', 'screen'].includes(type) : wanted === name)),
        )
        .map(({ first }) => first)
      return times.length > 0 ? Math.min(...times) : null
    },
    lastSeen: extents.reduce((most, { last }) => Math.max(most, last), Number.NEGATIVE_INFINITY),
    anonymous: (names) =>
      extents.some(({ name, anonymous }) => anonymous && (names.includes('*') || names.includes(name))),
    linked: extents.some(({ type }) => type === 'identify' || type === 'alias'),
  }
}
