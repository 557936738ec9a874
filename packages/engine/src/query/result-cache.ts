import { dependsOn, namesOf, needsIdentity } from '../plan/dependencies.js'
import { type Slice, sliceEnd } from '../plan/interval.js'
import type { LeafPlan } from '../plan/plan.js'
import type { Statement } from '../sql/batch.js'
import { batch } from '../sql/batch.js'
import type { QueryContext } from '../sql/context.js'
import type { AnswerRow, Cell, Table } from '../sql/table.js'
import type { Changes, Store } from '../store/index.js'
import { quoteText } from '../store/quote.js'
import type { CellRequest } from './cell-request.js'

/** What the numbers of a slice were, by segment, and when that was asked. */
interface CacheEntry {
  revision: number
  cells: Map<string, Cell>
  bytes: number
}

const resultCaches = new WeakMap<Changes, ResultCache>()
/** A year of days for some hundred metrics takes half of this. */
const MOST_BYTES = 64 * 1024 * 1024
/** About what an entry of a map and its objects take beside texts and numbers. */
const ENTRY_BYTES = 200
const DAY = 86_400_000

/** The answers that a store gave before, as far as they may still hold, within a bound that is set by the first call. */
export function resultCacheOf(store: Store, mostBytes = MOST_BYTES): ResultCache {
  const { changes } = store
  // Where others write, nothing tells what changed: answers are shared within one evaluation only.
  if (!changes) return new ResultCache(store, null, mostBytes)
  const cache = resultCaches.get(changes) ?? new ResultCache(store, changes, mostBytes)
  resultCaches.set(changes, cache)
  return cache
}

/**
 * Answers by definition and slice. A slice is asked for again only when an event that it could depend on was added since:
 * so a report costs the running period, not the history.
 */
export class ResultCache {
  readonly #store: Store
  readonly #changes: Changes | null
  readonly #mostBytes: number
  readonly #known = new Map<string, Map<string, CacheEntry>>()
  #bytes = 0
  #linking: Promise<void> = Promise.resolve()

  constructor(store: Store, changes: Changes | null, mostBytes: number) {
    this.#store = store
    this.#changes = changes
    this.#mostBytes = mostBytes
  }

  /** About how much memory it takes. */
  get bytes(): number {
    return this.#bytes
  }

  /** The tables of some requests, in their order. Those about the same events are answered by one scan. */
  async tables(requests: readonly CellRequest[]): Promise<Table[]> {
    if (requests.some(({ plan }) => needsIdentity(plan))) await this.#followLinks()
    const lookups = requests.map((request) => this.#lookUp(request))
    // One leaf may stand in many metrics.
    const missing = [...new Map(lookups.map((lookup) => [lookup.name, lookup])).values()].filter(
      ({ slices }) => slices.length > 0,
    )
    const revision = this.#changes?.revision ?? 0
    const statements = missing.map(({ request, slices }) => request.statement({ ...request.context, slices }))
    await inTurns(batch(statements), async ({ sql, parts }) => {
      const answered = await this.#store.rows<AnswerRow>(sql)
      for (const { index, rows } of parts) {
        const { request, known, slices } = missing[index] as Lookup
        const table = await this.#read(statements[index] as Statement, rows(answered))
        slices.forEach((slice, i) => {
          const cells = [...table].flatMap(([value, found]) => (found[i] ? [[value, found[i]] as const] : []))
          this.#put(known, keyOf(request.context, request.plan, slice), { revision, cells: new Map(cells) })
        })
      }
    })
    const tables = lookups.map(toTable)
    // Also right after one huge answer: it is not kept for its own sake.
    if (this.#bytes > this.#mostBytes) {
      this.#known.clear()
      this.#bytes = 0
    }
    return tables
  }

  #put(known: Map<string, CacheEntry>, key: string, { revision, cells }: Omit<CacheEntry, 'bytes'>): void {
    let bytes = ENTRY_BYTES + 2 * key.length
    for (const [value, cell] of cells) bytes += ENTRY_BYTES + 2 * value.length + 8 * cell.length
    this.#bytes += bytes - (known.get(key)?.bytes ?? 0)
    known.set(key, { revision, cells, bytes })
  }

  /** What is known of a request, and for which slices the store has to be asked (again). */
  #lookUp(request: CellRequest): Lookup {
    const { context, plan, about } = request
    const { calendar, grain, segment, receivedUntil } = context
    const name = JSON.stringify([about, plan, calendar, grain, segment, receivedUntil])
    const known = this.#knownOf(name)
    const names = namesOf(plan)
    const first = context.firstSeen({ events: names }) ?? Number.POSITIVE_INFINITY
    const slices: Slice[] = []
    const keys = context.slices.map((slice) => {
      const reach = dependsOn(context, plan, slice)
      // No event can be there, and there is nothing to ask.
      if (reach.end <= first || reach.start > context.lastSeen || reach.start >= reach.end) return null
      const key = keyOf(context, plan, slice)
      const entry = known.get(key)
      if (!entry || this.#changes?.touched(names, reach, entry.revision, receivedUntil ?? undefined)) slices.push(slice)
      return key
    })
    return { request, name, known, keys, slices }
  }

  /** A statement's table from its rows, or of the statement that has to be run instead. */
  async #read({ read, fallback }: Statement, rows: AnswerRow[]): Promise<Table> {
    const other = fallback?.(rows)
    return other ? this.#read(other, await this.#store.rows<AnswerRow>(other.sql)) : read(rows)
  }

  #knownOf(statement: string): Map<string, CacheEntry> {
    let known = this.#known.get(statement)
    if (!known) {
      known = new Map<string, CacheEntry>()
      this.#known.set(statement, known)
      this.#bytes += ENTRY_BYTES + 2 * statement.length
    }
    return known
  }

  /** A new link gives past anonymous events to somebody else: the days they lie on are taken as changed. */
  #followLinks(): Promise<void> {
    const changes = this.#changes
    if (changes) this.#linking = this.#linking.then(() => this.#touchLinked(changes))
    return this.#linking
  }

  async #touchLinked(changes: Changes): Promise<void> {
    const ids = changes.takeLinked()
    if (ids === null) return changes.forget()
    if (ids.length === 0) return
    const list = ids.map(quoteText).join(', ')
    const rows = await this.#store.rows<[string, number]>(
      `SELECT DISTINCT name, intDiv(time, ${DAY}) - (time < 0 AND time % ${DAY} != 0) FROM ${this.#store.database}.events
      WHERE anonymousId IN (${list}) AND userId = ''`,
    )
    changes.reassigned(rows.map(([name, day]) => [name, Number(day)]))
  }
}

/** The answers to a request that are known, and what is not. */
interface Lookup {
  request: CellRequest
  /** The same for the same statement. */
  name: string
  known: Map<string, CacheEntry>
  /** Of the context's slices; null where there can be no event. */
  keys: (string | null)[]
  /** What has to be asked. */
  slices: Slice[]
}

function toTable({ known, keys }: Lookup): Table {
  const table: Table = new Map()
  keys.forEach((key, i) => {
    if (key === null) return
    for (const [value, cell] of known.get(key)?.cells ?? []) {
      const cells = table.get(value) ?? []
      cells[i] = cell
      table.set(value, cells)
    }
  })
  return table
}

/** Does something for each, two at a time: the end of one statement keeps only one core busy. */
async function inTurns<T>(all: readonly T[], run: (one: T) => Promise<void>): Promise<void> {
  const waiting = [...all]
  const turn = async () => {
    for (let one = waiting.shift(); one; one = waiting.shift()) await run(one)
  }
  await Promise.all([turn(), turn()])
}

/** What tells a slice apart. A stock that expires goes on changing while its period runs. */
function keyOf({ asOf }: QueryContext, plan: LeafPlan, slice: Slice): string {
  const end = sliceEnd(slice)
  const at = plan.kind === 'stock' && plan.expires !== undefined ? Math.min(end, asOf) : end
  return `${slice.period.start} ${slice.period.end} ${end} ${at} ${slice.period.id}`
}
