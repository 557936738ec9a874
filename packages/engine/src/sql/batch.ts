import type { Entity } from '../plan/plan.js'
import type { QueryContext } from './context.js'
import { type Column, selectEvents } from './fragments/events.js'
import type { Label } from './fragments/segment.js'
import type { Assignment } from './intervals.js'
import { type AnswerRow, byKey, type Table } from './table.js'

/** Tells under which name a column is found. */
type Name = (alias: string) => string

/** What a scan looks at: the events of some intervals. */
interface Events {
  context: QueryContext
  /** In which interval an event lies, and in which segment. */
  assignment: Assignment
  label: Label
  conditions: readonly string[]
  /** What is needed of every event, by alias. */
  columns: Record<string, Column>
}

/** Numbers made of events, interval by interval, in one scan. Other numbers of the same events can come along. */
export interface Scan extends Events {
  /** The aggregates. */
  numbers(column: Name): string[]
  /** Whether numbers of parts of the events add up to those of all. */
  additive: boolean
}

/** A number made of one value for each entity, interval by interval. Others by the same entity can come along. */
export interface GroupScan extends Events {
  by: Entity
  /** The value, as an aggregate of an entity's events. */
  value(column: Name): string
  /** Which entities count, as a condition on aggregates; all without one. */
  kept?(column: Name): string
  /** What stands for the value of an entity that does not count. */
  absent: 'NULL' | '[]'
  /** The aggregate over values. */
  number(value: string): string
}

/** One `SELECT` and how its rows are read. */
export interface Statement {
  sql: string
  read(rows: AnswerRow[]): Table
  /** What it is made of, where other numbers of the same events can come along. */
  scan?: Scan | GroupScan
  /** What to run instead, if the answer says that this statement was too simple for these events. */
  fallback?(rows: AnswerRow[]): Statement | undefined
}

/** A scan as a statement of its own. */
export function scanStatement(scan: Scan | GroupScan): Statement {
  return { sql: sqlOf([scan]), read: byKey(scan.assignment.positions), scan }
}

/** One `SELECT` for scans over the same events (and by the same entity), with the numbers of each after the other. */
function sqlOf(scans: readonly (Scan | GroupScan)[]): string {
  const { context, assignment, label, conditions } = scans[0] as Events
  const { also, shown } = label
  const by = scans.find((scan) => 'by' in scan)?.by
  const columns: Record<string, Column> = { period: assignment.key, ...label.column, ...(by && { grouped: by }) }
  const names = new Map<string, string>()
  const nameIn = (i: number) => (alias: string) => {
    const column = (scans[i] as Events).columns[alias] as Column
    const same = JSON.stringify(column)
    const name = names.get(same) ?? `${alias}${i}`
    names.set(same, name)
    columns[name] = column
    return name
  }
  const inner: string[] = []
  const outer = scans.flatMap((scan, i) => {
    if (!('by' in scan)) {
      const numbers = scan.numbers(nameIn(i))
      if (!by) return numbers
      inner.push(...numbers.map((number, n) => `${number} AS number${i}_${n}`))
      return numbers.map((_, n) => `sum(number${i}_${n})`)
    }
    inner.push(`${scan.value(nameIn(i))} AS value${i}`)
    if (scans.length === 1) return scan.number('value0')
    if (scan.kept) inner.push(`${scan.kept(nameIn(i))} AS kept${i}`)
    return scan.number(`if(grouped != ''${scan.kept ? ` AND kept${i}` : ''}, value${i}, ${scan.absent})`)
  })
  // Of one alone, what does not count need not be kept.
  const [alone] = scans.length === 1 ? scans : []
  const having =
    alone && 'by' in alone ? `HAVING grouped != ''${alone.kept ? ` AND ${alone.kept(nameIn(0))}` : ''}` : ''
  // Who a user is has to be known as soon as one of them asks.
  const linked = scans.some((scan) => scan.context.linked)
  const events = selectEvents({ ...context, linked }, columns, conditions)
  const group = by && grouping(assignment.keys)
  const from = group
    ? `SELECT ${group.key} AS period${also}, ${group.entity} AS grouped, ${inner.join(', ')}
      FROM (SELECT *, ${group.by} AS packed FROM (${events})) GROUP BY packed${also} ${having}`
    : events
  return `SELECT period, ${shown}, ${outer.join(', ')} FROM (${from}) GROUP BY period${also}`
}

/**
 * How events are grouped by interval (`period`) and entity (`grouped`): by one text, `packed`, which costs a sixth less than two keys do, and
 * less still when it is short. So the interval stands before the entity as its place among the keys, in as few bytes as hold it.
 */
function grouping(keys: readonly number[]): { by: string; key: string; entity: string } {
  const [only, ...others] = keys
  if (others.length === 0) return { by: 'grouped', key: `toInt64(${only})`, entity: 'packed' }
  const bytes = keys.length < 2 ** 8 ? 1 : keys.length < 2 ** 16 ? 2 : 4
  const place = `UInt${8 * bytes}`
  const list = `CAST([${keys.join(', ')}], 'Array(Int64)')`
  const places = `CAST([${keys.map((_, i) => i + 1).join(', ')}], 'Array(${place})')`
  return {
    by: `concat(reinterpretAsFixedString(transform(period, ${list}, ${places}, to${place}(0))), grouped)`,
    key: `${list}[reinterpretAs${place}(substring(packed, 1, ${bytes}))]`,
    entity: `substring(packed, ${bytes + 1})`,
  }
}

/** Some statements in one `SELECT`. */
export interface Batch {
  sql: string
  /** The rows that each statement (by its index among those given) reads. */
  parts: { index: number; rows(all: AnswerRow[]): AnswerRow[] }[]
}

/** As few `SELECT`s as answer all statements: those about the same events are asked in one scan. */
export function batch(statements: readonly Statement[]): Batch[] {
  const sameEvents = new Map<string, number[]>()
  statements.forEach(({ scan, sql }, index) => {
    const events = scan
      ? JSON.stringify([
          scan.assignment.key,
          scan.label,
          scan.conditions,
          scan.context.receivedUntil,
          scan.context.known,
        ])
      : sql
    sameEvents.set(events, [...(sameEvents.get(events) ?? []), index])
  })
  const scanOf = (index: number) => statements[index]?.scan
  return [...sameEvents.values()]
    .flatMap((indexes) => setsOf(indexes, scanOf))
    .map((indexes) => {
      const scans = indexes.flatMap((index) => scanOf(index) ?? [])
      const [first] = indexes as [number]
      const sql = scans.length > 1 ? sqlOf(scans) : (statements[first] as Statement).sql
      let next = 0
      const parts = indexes.map((index, i) => {
        const scan = scans[i]
        if (!scan || scans.length === 1) return { index, rows: (all: AnswerRow[]) => all }
        const from = next
        const to = from + ('by' in scan ? 1 : scan.numbers((alias) => alias).length)
        next = to
        const own = ([period, segment, ...numbers]: AnswerRow): AnswerRow => [
          period,
          segment,
          ...numbers.slice(from, to),
        ]
        return { index, rows: (all: AnswerRow[]) => all.map(own) }
      })
      return { sql, parts }
    })
}

/** Scans of the same events, parted by what they are grouped by. What adds up goes along with groups. */
function setsOf(indexes: readonly number[], scanOf: (index: number) => Scan | GroupScan | undefined): number[][] {
  const sets = new Map<string, number[]>()
  const over: number[] = []
  for (const index of indexes) {
    const scan = scanOf(index)
    if (scan && 'by' in scan) {
      const by = JSON.stringify(scan.by)
      sets.set(by, [...(sets.get(by) ?? []), index])
    } else over.push(index)
  }
  const [groups] = sets.values()
  const addsUp = over.every((index) => {
    const scan = scanOf(index)
    return scan && !('by' in scan) && scan.additive
  })
  if (groups && addsUp) groups.push(...over)
  else if (over.length > 0) sets.set('', over)
  return [...sets.values()]
}
