import { together } from '../plan/pass.js'
import type { LeafPlan } from '../plan/plan.js'
import { asksWho, namesOf, reachOf } from '../plan/reach.js'
import { type Scene, type Slice, sliceEnd } from '../plan/scene.js'
import type { AnswerRow, Cell, Question, Table } from '../plan/table.js'
import type { Changes, Store } from '../store/index.js'
import { quoteText } from '../store/quote.js'
import type { Ask } from './ask.js'

/** What the numbers of a slice were, by segment, and when that was asked. */
interface Known {
  revision: number
  cells: Map<string, Cell>
  bytes: number
}

const memos = new WeakMap<Changes, Memo>()
/** A year of days for some hundred metrics takes half of this. */
const MOST_BYTES = 64 * 1024 * 1024
/** About what an entry of a map and its objects take beside texts and numbers. */
const ENTRY_BYTES = 200
const DAY = 86_400_000

/** The answers that a store gave before, as far as they may still hold, within a bound that is set by the first call. */
export function memoOf(store: Store, mostBytes = MOST_BYTES): Memo {
  const { changes } = store
  // Where others write, nothing tells what changed: answers are shared within one evaluation only.
  if (!changes) return new Memo(store, null, mostBytes)
  const memo = memos.get(changes) ?? new Memo(store, changes, mostBytes)
  memos.set(changes, memo)
  return memo
}

/**
 * Answers by definition and slice. A slice is asked for again only when an event that it could depend on was added since:
 * so a report costs the running period, not the history.
 */
export class Memo {
  readonly #store: Store
  readonly #changes: Changes | null
  readonly #mostBytes: number
  readonly #known = new Map<string, Map<string, Known>>()
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

  /** The tables of some questions, in their order. Those about the same events are asked in one pass. */
  async tables(asks: readonly Ask[]): Promise<Table[]> {
    if (asks.some(({ plan }) => asksWho(plan))) await this.#followLinks()
    const places = asks.map((ask) => this.#look(ask))
    // One leaf may stand in many metrics.
    const missing = [...new Map(places.map((place) => [place.name, place])).values()].filter(
      ({ slices }) => slices.length > 0,
    )
    const revision = this.#changes?.revision ?? 0
    const questions = missing.map(({ ask, slices }) => ask.question({ ...ask.scene, slices }))
    await inTurns(together(questions), async ({ sql, parts }) => {
      const answered = await this.#store.rows<AnswerRow>(sql)
      for (const { index, rows } of parts) {
        const { ask, known, slices } = missing[index] as Place
        const table = await this.#read(questions[index] as Question, rows(answered))
        slices.forEach((slice, i) => {
          const cells = [...table].flatMap(([value, found]) => (found[i] ? [[value, found[i]] as const] : []))
          this.#keep(known, keyOf(ask.scene, ask.plan, slice), { revision, cells: new Map(cells) })
        })
      }
    })
    const tables = places.map(toTable)
    // Also right after one huge answer: it is not kept for its own sake.
    if (this.#bytes > this.#mostBytes) {
      this.#known.clear()
      this.#bytes = 0
    }
    return tables
  }

  #keep(known: Map<string, Known>, key: string, { revision, cells }: Omit<Known, 'bytes'>): void {
    let bytes = ENTRY_BYTES + 2 * key.length
    for (const [value, cell] of cells) bytes += ENTRY_BYTES + 2 * value.length + 8 * cell.length
    this.#bytes += bytes - (known.get(key)?.bytes ?? 0)
    known.set(key, { revision, cells, bytes })
  }

  /** What is known of an ask, and for which slices it has to be asked (again). */
  #look(ask: Ask): Place {
    const { scene, plan, about } = ask
    const { calendar, grain, segment, receivedUntil } = scene
    const name = JSON.stringify([about, plan, calendar, grain, segment, receivedUntil])
    const known = this.#knownOf(name)
    const names = namesOf(plan)
    const first = scene.firstSeen({ events: names }) ?? Number.POSITIVE_INFINITY
    const slices: Slice[] = []
    const keys = scene.slices.map((slice) => {
      const reach = reachOf(scene, plan, slice)
      // No event can be there, and there is nothing to ask.
      if (reach.end <= first || reach.start > scene.lastSeen || reach.start >= reach.end) return null
      const key = keyOf(scene, plan, slice)
      const entry = known.get(key)
      if (!entry || this.#changes?.touched(names, reach, entry.revision, receivedUntil ?? undefined)) slices.push(slice)
      return key
    })
    return { ask, name, known, keys, slices }
  }

  /** A question's table from its rows, or of what has to be asked instead. */
  async #read({ read, instead }: Question, rows: AnswerRow[]): Promise<Table> {
    const other = instead?.(rows)
    return other ? this.#read(other, await this.#store.rows<AnswerRow>(other.sql)) : read(rows)
  }

  #knownOf(question: string): Map<string, Known> {
    let known = this.#known.get(question)
    if (!known) {
      known = new Map<string, Known>()
      this.#known.set(question, known)
      this.#bytes += ENTRY_BYTES + 2 * question.length
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

/** The answers to an ask that are known, and what is not. */
interface Place {
  ask: Ask
  /** The same for the same question. */
  name: string
  known: Map<string, Known>
  /** Of the scene's slices; null where there can be no event. */
  keys: (string | null)[]
  /** What has to be asked. */
  slices: Slice[]
}

function toTable({ known, keys }: Place): Table {
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

/** Does something for each, two at a time: the end of one question keeps only one core busy. */
async function inTurns<T>(all: readonly T[], run: (one: T) => Promise<void>): Promise<void> {
  const waiting = [...all]
  const turn = async () => {
    for (let one = waiting.shift(); one; one = waiting.shift()) await run(one)
  }
  await Promise.all([turn(), turn()])
}

/** What tells a slice apart. A stock that expires goes on changing while its period runs. */
function keyOf({ asOf }: Scene, plan: LeafPlan, slice: Slice): string {
  const end = sliceEnd(slice)
  const at = plan.shape === 'stock' && plan.expires !== undefined ? Math.min(end, asOf) : end
  return `${slice.period.start} ${slice.period.end} ${end} ${at} ${slice.period.id}`
}
