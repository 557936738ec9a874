import type { Event } from '@nsm/schema'
import { wellFormed } from './quote.js'

const DAY = 86_400_000
const HOUR = 3_600_000

/** Instants in ms, half open; may be infinite. */
interface Reach {
  start: number
  end: number
}

/** The span of time over which events of one name and type lie (ms, both inclusive). */
export interface Extent {
  name: string
  type: string
  first: number
  /** The first receipt (ms) of those that happened first. */
  firstCame: number
  last: number
  /** The first receipt (ms) of any. */
  firstReceived: number
  /** Whether some of them have no user id. */
  anonymous: boolean
}

/** That events were added in a revision, none of which had been received before an instant (ms). */
interface Note {
  revision: number
  received: number
}

/** More newly linked ids than this are not looked for one by one. */
const MOST_LINKED = 5_000
/** Senders name events, so there may be any number of names: of more days of names than this none is told apart. */
const MOST_DAYS = 50_000
const MOST_EXTENTS = 50_000

/**
 * What changed in a store since it was opened, by event name and UTC day: tells which earlier answers still hold. Only
 * of a store that nobody else writes to.
 */
export class Changes {
  #revision = 0
  /** Answers from before this revision hold no more, whatever they are about. */
  #floor = 0
  /** By name and day; of each, what was noted last, and before it only what was received earlier. */
  readonly #days = new Map<string, Map<number, Note[]>>()
  #dayCount = 0
  readonly #linked = new Set<string>()
  #extents: Map<string, Extent> | undefined
  #lastReceived = Number.NEGATIVE_INFINITY

  /** How many days of names, names and ids it has noted; bounded, whatever is sent. */
  get noted(): number {
    return this.#dayCount + (this.#extents?.size ?? 0) + this.#linked.size
  }

  /** Rises with every change. */
  get revision(): number {
    return this.#revision
  }

  /**
   * Whether anything of these names (`*`: any) that lies in the reach changed after a revision, for someone who sees
   * only what was received until an instant (ms).
   */
  touched(names: readonly string[], reach: Reach, since: number, receivedUntil = Number.POSITIVE_INFINITY): boolean {
    if (since === this.#revision) return false
    if (since < this.#floor) return true
    const from = Math.floor(reach.start / DAY)
    const to = Math.ceil(reach.end / DAY)
    const isNew = ({ revision, received }: Note) => revision > since && received <= receivedUntil
    const looked = names.includes('*') ? [...this.#days.values()] : names.flatMap((name) => this.#days.get(name) ?? [])
    return looked.some((days) => {
      for (const [day, notes] of days) if (day >= from && day < to && notes.some(isNew)) return true
      return false
    })
  }

  /** Notes events that were added. */
  added(events: readonly Event[]): void {
    if (events.length === 0) return
    this.#revision++
    for (const { name: sent, type, time, receivedAt, userId, anonymousId, otherId } of events) {
      // As it is stored.
      const name = wellFormed(sent)
      this.#touch(name, Math.floor(time / DAY), receivedAt)
      this.#lastReceived = Math.max(this.#lastReceived, receivedAt)
      const anonymous = userId === ''
      this.#widen({ name, type, first: time, firstCame: receivedAt, last: time, firstReceived: receivedAt, anonymous })
      if (userId === '' || (type !== 'identify' && type !== 'alias')) continue
      for (const id of [anonymousId, type === 'alias' ? otherId : '']) {
        if (id !== '' && this.#linked.size <= MOST_LINKED) this.#linked.add(id)
      }
    }
    this.#forgetWhenMany()
  }

  /** Notes that events were taken out. Where one of them had linked an id, whose events are whose is open again. */
  removed(events: readonly Pick<Event, 'name' | 'time' | 'receivedAt'>[]): void {
    this.#revision++
    for (const { name, time, receivedAt } of events) {
      if (name === '$identify' || name === '$alias') this.forget()
      this.#touch(name, Math.floor(time / DAY), receivedAt)
    }
    this.#extents = undefined
    this.#forgetWhenMany()
  }

  /** Days and names that senders made up must not fill the memory: what is not noted counts as changed. */
  #forgetWhenMany(): void {
    if (this.#dayCount > MOST_DAYS) {
      this.#days.clear()
      this.#dayCount = 0
      this.forget()
    }
    if (this.#extents && this.#extents.size > MOST_EXTENTS) this.#extents = undefined
  }

  /** Notes that anything may have changed. */
  forget(): void {
    this.#floor = ++this.#revision
  }

  /** Notes that who did what changed on these days (UTC, days since the epoch), by event name. */
  reassigned(days: readonly (readonly [name: string, day: number])[]): void {
    if (days.length === 0) return
    this.#revision++
    for (const [name, day] of days) this.#touch(name, day, Number.NEGATIVE_INFINITY)
    this.#forgetWhenMany()
  }

  #touch(name: string, day: number, receivedAt: number): void {
    const days = this.#days.get(name) ?? new Map<number, Note[]>()
    this.#days.set(name, days)
    let notes = days.get(day)
    if (!notes) {
      notes = []
      days.set(day, notes)
      this.#dayCount++
    }
    // To the hour, so that a day on which events keep coming has few notes.
    const received = Math.floor(receivedAt / HOUR) * HOUR
    while ((notes.at(-1)?.received ?? Number.NEGATIVE_INFINITY) >= received && notes.length > 0) notes.pop()
    notes.push({ revision: this.#revision, received })
  }

  /**
   * The anonymous ids that were linked to a user since the last call: whose events those are changed. Null when they are
   * too many to look for one by one.
   */
  takeLinked(): string[] | null {
    const ids = this.#linked.size > MOST_LINKED ? null : [...this.#linked]
    this.#linked.clear()
    return ids
  }

  /** What was learned of all events; undefined when it has to be learned (again). */
  get extents(): readonly Extent[] | undefined {
    return this.#extents && [...this.#extents.values()]
  }

  /** The last receipt (ms) of all events; only meaningful while {@link extents} are known. */
  get lastReceived(): number {
    return this.#lastReceived
  }

  /** Keeps what was learned of all events as they were at a revision. */
  learn(extents: readonly Extent[], lastReceived: number, revision: number): void {
    if (revision !== this.#revision || extents.length > MOST_EXTENTS) return
    this.#extents = new Map()
    this.#lastReceived = lastReceived
    for (const extent of extents) this.#widen(extent)
  }

  #widen(extent: Extent): void {
    if (!this.#extents) return
    const key = `${extent.type} ${extent.name}`
    const known = this.#extents.get(key) ?? extent
    const earliest = isEarlier(extent, known) ? extent : known
    this.#extents.set(key, {
      ...extent,
      first: earliest.first,
      firstCame: earliest.firstCame,
      last: Math.max(extent.last, known.last),
      firstReceived: Math.min(extent.firstReceived, known.firstReceived),
      anonymous: extent.anonymous || known.anonymous,
    })
  }
}

/** Whether the first event of an extent happened before that of another, or at its instant and came before it. */
export function isEarlier(one: Extent, other: Extent): boolean {
  return one.first < other.first || (one.first === other.first && one.firstCame < other.firstCame)
}
