import type { Rows } from '../plan/plan.js'
import type { Store } from '../store/index.js'

/** What is known of the events as a whole, as of an instant. */
export interface Facts {
  /** The first event of these names (ms), null when there is none. */
  firstSeen(rows: Pick<Rows, 'events'>): number | null
  /** The time (ms) of the last event. */
  lastSeen: number
  /** Whether an anonymous id was ever linked to a user. */
  linked: boolean
}

/** Looks at names and times only. */
export async function readFacts(store: Store, receivedUntil: number | null): Promise<Facts> {
  const where = receivedUntil === null ? '' : `WHERE receivedAt <= ${receivedUntil}`
  const rows = await store.rows<[string, string, number, number]>(
    `SELECT name, type, min(time), max(time) FROM ${store.database}.events ${where} GROUP BY name, type`,
  )
  return {
    firstSeen({ events }) {
      const times = rows.flatMap(([name, type, first]) =>
        events.some((wanted) => (wanted === '*' ? ['track', 'page', 'screen'].includes(type) : wanted === name))
          ? [Number(first)]
          : [],
      )
      return times.length > 0 ? Math.min(...times) : null
    },
    lastSeen: rows.reduce((most, [, , , last]) => Math.max(most, Number(last)), Number.NEGATIVE_INFINITY),
    linked: rows.some(([, type]) => type === 'identify' || type === 'alias'),
  }
}
