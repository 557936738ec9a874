import type { LeafPlan } from '../plan/plan.js'
import { asksWho, namesOf, reachOf } from '../plan/reach.js'
import { type Scene, type Slice, sliceEnd } from '../plan/scene.js'
import type { AnswerRow, Cell, Question, Table } from '../plan/table.js'
import type { Changes, Store } from '../store/index.js'
import { quoteText } from '../store/quote.js'

/** What the numbers of a slice were, by segment, and when that was asked. */
interface Known {
  revision: number
  cells: Map<string, Cell>
}

const memos = new WeakMap<Changes, Memo>()
/** A year of days for some hundred metrics. */
const MOST_KNOWN = 100_000
const DAY = 86_400_000
/** More newly linked ids than this are not looked for one by one. */
const MOST_LINKED = 5_000

/** The answers that a store gave before, as far as they may still hold. */
export function memoOf(store: Store): Memo {
  const { changes } = store
  // Where others write, nothing tells what changed: answers are shared within one evaluation only.
  if (!changes) return new Memo(store, null)
  const memo = memos.get(changes) ?? new Memo(store, changes)
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
  readonly #known = new Map<string, Map<string, Known>>()
  #size = 0
  #linking: Promise<void> = Promise.resolve()

  constructor(store: Store, changes: Changes | null) {
    this.#store = store
    this.#changes = changes
  }

  /**
   * The table of a leaf's question for all slices of a scene; `ask` makes the question for those not known, and `about`
   * tells apart different questions about one leaf.
   */
  async table(scene: Scene, plan: LeafPlan, about: string, ask: (scene: Scene) => Question): Promise<Table> {
    const { calendar, grain, segment, receivedUntil } = scene
    if (asksWho(plan)) await this.#followLinks()
    const known = this.#knownOf(JSON.stringify([about, plan, calendar, grain, segment, receivedUntil]))
    const keys = scene.slices.map((slice) => keyOf(scene, plan, slice))
    const missing = scene.slices.filter((slice, i) => {
      const entry = known.get(keys[i] as string)
      return (
        !entry ||
        this.#changes?.touched(namesOf(plan), reachOf(scene, plan, slice), entry.revision, receivedUntil ?? undefined)
      )
    })
    if (missing.length > 0) {
      const revision = this.#changes?.revision ?? 0
      const table = await this.#answer(ask({ ...scene, slices: missing }))
      missing.forEach((slice, i) => {
        const cells = new Map<string, Cell>()
        for (const [value, found] of table) {
          const cell = found[i]
          if (cell) cells.set(value, cell)
        }
        known.set(keyOf(scene, plan, slice), { revision, cells })
      })
      this.#size += missing.length
    }
    const table: Table = new Map()
    keys.forEach((key, i) => {
      for (const [value, cell] of known.get(key)?.cells ?? []) {
        const cells = table.get(value) ?? []
        cells[i] = cell
        table.set(value, cells)
      }
    })
    return table
  }

  async #answer({ sql, read, instead }: Question): Promise<Table> {
    const rows = await this.#store.rows<AnswerRow>(sql)
    const other = instead?.(rows)
    return other ? this.#answer(other) : read(rows)
  }

  #knownOf(question: string): Map<string, Known> {
    if (this.#size > MOST_KNOWN) {
      this.#known.clear()
      this.#size = 0
    }
    const known = this.#known.get(question) ?? new Map<string, Known>()
    this.#known.set(question, known)
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
    if (ids.length === 0) return
    if (ids.length > MOST_LINKED) return changes.forget()
    const list = ids.map(quoteText).join(', ')
    const rows = await this.#store.rows<[string, number]>(
      `SELECT DISTINCT name, intDiv(time, ${DAY}) - (time < 0 AND time % ${DAY} != 0) FROM ${this.#store.database}.events
      WHERE anonymousId IN (${list}) AND userId = ''`,
    )
    changes.reassigned(rows.map(([name, day]) => [name, Number(day)]))
  }
}

/** What tells a slice apart. A stock that expires goes on changing while its period runs. */
function keyOf({ asOf }: Scene, plan: LeafPlan, slice: Slice): string {
  const end = sliceEnd(slice)
  const at = plan.shape === 'stock' && plan.expires !== undefined ? Math.min(end, asOf) : end
  return `${slice.period.start} ${slice.period.end} ${end} ${at} ${slice.period.id}`
}
