import type { Rows } from '../plan/plan.js'
import { named } from '../sql/fragments/events.js'
import { isEarlier } from '../store/changes.js'
import type { Extent, Store } from '../store/index.js'
import { extentsSql } from '../store/schema.js'

/** What is known of the events as a whole, as of an instant. */
export interface EventStatistics {
  /** The first event of these names (ms), null when there is none. */
  firstSeen(rows: Pick<Rows, 'events'>): number | null
  /** The time (ms) of the last event. */
  lastSeen: number
  /** The first receipt (ms) of all. */
  firstReceived: number
  /** Whether an anonymous id was ever linked to a user. */
  linked: boolean
  /** Whether some event of these names (`*`: any) has no user id. */
  anonymous(names: readonly string[]): boolean
  /** Only what was received until here (ms) counts; null when that is every event there is. */
  receivedUntil: number | null
}

/**
 * What is known as of an instant (ms) that questions about events of some names need. It is remembered while the instant sees every
 * event there is; else only when each name was first seen is asked for as of then: the rest may say too much, never too
 * little.
 */
export async function readStatistics(store: Store, asOf: number, names: readonly string[]): Promise<EventStatistics> {
  const { extents, lastReceived } = await extentsOf(store)
  const now = toStatistics(extents)
  if (asOf >= lastReceived) return { ...now, receivedUntil: null }
  const first = new Map<string, number | null>()
  const asked = [...new Set(names)].map(async (name) => {
    const earliest = extents
      .filter(isOf(name))
      .reduce<Extent | null>((least, one) => (least && !isEarlier(one, least) ? least : one), null)
    // Nearly always the first event of all had been received by then.
    const known = !earliest || earliest.firstCame <= asOf
    first.set(name, known ? (earliest?.first ?? null) : await firstSeenAsOf(store, name, asOf))
  })
  await Promise.all(asked)
  return {
    ...now,
    firstSeen({ events }) {
      const times = events.flatMap((name) => first.get(name) ?? [])
      return times.length > 0 ? Math.min(...times) : null
    },
    receivedUntil: asOf,
  }
}

interface FirstSeen {
  revision: number
  time: Promise<number | null>
}

const firstSeen = new WeakMap<object, Map<string, FirstSeen>>()
/** Names and instants whose first event is remembered. */
const MOST_FIRST = 10_000
const EVER = { start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY }

/** The time (ms) of the first event of a name among those received until an instant (ms). */
function firstSeenAsOf(store: Store, name: string, asOf: number): Promise<number | null> {
  const { changes } = store
  const known = (changes && firstSeen.get(changes)) ?? new Map<string, FirstSeen>()
  if (changes) firstSeen.set(changes, known)
  if (known.size > MOST_FIRST) known.clear()
  const key = `${asOf} ${name}`
  const before = known.get(key)
  if (changes && before && !changes.touched([name], EVER, before.revision, asOf)) return before.time
  const time = askFirstSeen(store, name, asOf)
  known.set(key, { revision: changes?.revision ?? 0, time })
  // What failed is asked again.
  time.catch(() => known.delete(key))
  return time
}

async function askFirstSeen(store: Store, name: string, asOf: number): Promise<number | null> {
  // In the order of the sort key, so that no more is read than until the first event that was received in time.
  const order = name === '*' ? `ORDER BY time` : `ORDER BY name, time`
  const [found] = await store.rows<[number]>(
    `SELECT time FROM ${store.database}.events WHERE ${named({ events: [name] })} AND receivedAt <= ${asOf} ${order} LIMIT 1`,
  )
  return found ? Number(found[0]) : null
}

interface Known {
  extents: readonly Extent[]
  lastReceived: number
}

const looking = new WeakMap<object, Promise<Known>>()

/** The extents of all events: learned once where nobody else writes. */
async function extentsOf(store: Store): Promise<Known> {
  const { changes } = store
  if (!changes) return look(store)
  if (changes.extents) return { extents: changes.extents, lastReceived: changes.lastReceived }
  // Metrics are asked for together; one look is enough for all.
  const under = looking.get(changes)
  if (under) return under
  const revision = changes.revision
  const found = look(store)
  looking.set(changes, found)
  try {
    const known = await found
    changes.learn(known.extents, known.lastReceived, revision)
    return known
  } finally {
    looking.delete(changes)
  }
}

async function look(store: Store): Promise<Known> {
  const rows = await store.rows<[string, string, [number, number], number, number, number, string]>(
    extentsSql(store.database),
  )
  return {
    extents: rows.map(([name, type, [first, firstCame], last, firstReceived, , leastUser]) => ({
      name,
      type,
      first: Number(first),
      firstCame: Number(firstCame),
      last: Number(last),
      firstReceived: Number(firstReceived),
      anonymous: leastUser === '',
    })),
    lastReceived: rows.reduce((most, row) => Math.max(most, Number(row[5])), Number.NEGATIVE_INFINITY),
  }
}

/** Whether an extent is of events of a name (`*`: any). */
function isOf(wanted: string): (extent: Extent) => boolean {
  return ({ name, type }) => (wanted === '*' ? ['track', 'page', 'screen'].includes(type) : wanted === name)
}

function toStatistics(extents: readonly Extent[]): Omit<EventStatistics, 'receivedUntil'> {
  return {
    firstSeen({ events }) {
      const times = extents.filter((extent) => events.some((name) => isOf(name)(extent))).map(({ first }) => first)
      return times.length > 0 ? Math.min(...times) : null
    },
    lastSeen: extents.reduce((most, { last }) => Math.max(most, last), Number.NEGATIVE_INFINITY),
    firstReceived: extents.reduce((least, one) => Math.min(least, one.firstReceived), Number.POSITIVE_INFINITY),
    anonymous: (names) =>
      extents.some(({ name, anonymous }) => anonymous && (names.includes('*') || names.includes(name))),
    linked: extents.some(({ type }) => type === 'identify' || type === 'alias'),
  }
}
