import type { Entity } from './plan.js'
import { type Column, selectEvents } from './rows.js'
import type { Scene } from './scene.js'
import type { Label } from './segment.js'
import type { Assignment } from './spans.js'
import { type AnswerRow, byKey, type Question } from './table.js'

/** Tells under which name a column is found. */
type Name = (alias: string) => string

/** What a pass looks at: the events of some spans. */
interface Events {
  scene: Scene
  /** In which span an event lies, and in which segment. */
  assignment: Assignment
  label: Label
  conditions: readonly string[]
  /** What is needed of every event, by alias. */
  columns: Record<string, Column>
}

/** Numbers made of events, span by span, in one pass. Other numbers of the same events can come along. */
export interface Pass extends Events {
  /** The aggregates. */
  numbers(column: Name): string[]
  /** Whether numbers of parts of the events add up to those of all. */
  additive: boolean
}

/** A number made of one value for each entity, span by span. Others by the same entity can come along. */
export interface GroupPass extends Events {
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

/** A pass as a question of its own. */
export function passQuestion(pass: Pass | GroupPass): Question {
  return { sql: sqlOf([pass]), read: byKey(pass.assignment.positions), pass }
}

/** One `SELECT` for passes over the same events (and by the same entity), with the numbers of each after the other. */
function sqlOf(passes: readonly (Pass | GroupPass)[]): string {
  const { scene, assignment, label, conditions } = passes[0] as Events
  const { also, shown } = label
  const by = passes.find((pass) => 'by' in pass)?.by
  const columns: Record<string, Column> = { w: assignment.key, ...label.column, ...(by && { g: by }) }
  const names = new Map<string, string>()
  const nameIn = (i: number) => (alias: string) => {
    const column = (passes[i] as Events).columns[alias] as Column
    const same = JSON.stringify(column)
    const name = names.get(same) ?? `${alias}${i}`
    names.set(same, name)
    columns[name] = column
    return name
  }
  const inner: string[] = []
  const outer = passes.flatMap((pass, i) => {
    if (!('by' in pass)) {
      const numbers = pass.numbers(nameIn(i))
      if (!by) return numbers
      inner.push(...numbers.map((number, n) => `${number} AS n${i}_${n}`))
      return numbers.map((_, n) => `sum(n${i}_${n})`)
    }
    inner.push(`${pass.value(nameIn(i))} AS p${i}`)
    if (passes.length === 1) return pass.number('p0')
    if (pass.kept) inner.push(`${pass.kept(nameIn(i))} AS k${i}`)
    return pass.number(`if(g != ''${pass.kept ? ` AND k${i}` : ''}, p${i}, ${pass.absent})`)
  })
  // Of one alone, what does not count need not be kept.
  const [alone] = passes.length === 1 ? passes : []
  const having = alone && 'by' in alone ? `HAVING g != ''${alone.kept ? ` AND ${alone.kept(nameIn(0))}` : ''}` : ''
  // Who a user is has to be known as soon as one of them asks.
  const linked = passes.some((pass) => pass.scene.linked)
  const events = selectEvents({ ...scene, linked }, columns, conditions)
  const group = by && grouping(assignment.keys)
  const from = group
    ? `SELECT ${group.key} AS w${also}, ${group.entity} AS g, ${inner.join(', ')}
      FROM (SELECT *, ${group.by} AS k FROM (${events})) GROUP BY k${also} ${having}`
    : events
  return `SELECT w, ${shown}, ${outer.join(', ')} FROM (${from}) GROUP BY w${also}`
}

/**
 * How events are grouped by span (`w`) and entity (`g`): by one text `k`, which costs a sixth less than two keys do, and
 * less still when it is short. So the span stands before the entity as its place among the keys, in as few bytes as hold it.
 */
function grouping(keys: readonly number[]): { by: string; key: string; entity: string } {
  const [only, ...others] = keys
  if (others.length === 0) return { by: 'g', key: `toInt64(${only})`, entity: 'k' }
  const bytes = keys.length < 2 ** 8 ? 1 : keys.length < 2 ** 16 ? 2 : 4
  const place = `UInt${8 * bytes}`
  const list = `CAST([${keys.join(', ')}], 'Array(Int64)')`
  const places = `CAST([${keys.map((_, i) => i + 1).join(', ')}], 'Array(${place})')`
  return {
    by: `concat(reinterpretAsFixedString(transform(w, ${list}, ${places}, to${place}(0))), g)`,
    key: `${list}[reinterpretAs${place}(substring(k, 1, ${bytes}))]`,
    entity: `substring(k, ${bytes + 1})`,
  }
}

/** Some questions in one `SELECT`. */
export interface Together {
  sql: string
  /** The rows that each question (by its index among those given) reads. */
  parts: { index: number; rows(all: AnswerRow[]): AnswerRow[] }[]
}

/** As few `SELECT`s as answer all questions: those about the same events are asked in one pass. */
export function together(questions: readonly Question[]): Together[] {
  const sameEvents = new Map<string, number[]>()
  questions.forEach(({ pass, sql }, index) => {
    const events = pass
      ? JSON.stringify([pass.assignment.key, pass.label, pass.conditions, pass.scene.receivedUntil, pass.scene.known])
      : sql
    sameEvents.set(events, [...(sameEvents.get(events) ?? []), index])
  })
  const passOf = (index: number) => questions[index]?.pass
  return [...sameEvents.values()]
    .flatMap((indexes) => setsOf(indexes, passOf))
    .map((indexes) => {
      const passes = indexes.flatMap((index) => passOf(index) ?? [])
      const [first] = indexes as [number]
      const sql = passes.length > 1 ? sqlOf(passes) : (questions[first] as Question).sql
      let next = 0
      const parts = indexes.map((index, i) => {
        const pass = passes[i]
        if (!pass || passes.length === 1) return { index, rows: (all: AnswerRow[]) => all }
        const from = next
        const to = from + ('by' in pass ? 1 : pass.numbers((alias) => alias).length)
        next = to
        const own = ([w, s, ...numbers]: AnswerRow): AnswerRow => [w, s, ...numbers.slice(from, to)]
        return { index, rows: (all: AnswerRow[]) => all.map(own) }
      })
      return { sql, parts }
    })
}

/** Passes over the same events, parted by what they are grouped by. What adds up goes along with groups. */
function setsOf(indexes: readonly number[], passOf: (index: number) => Pass | GroupPass | undefined): number[][] {
  const sets = new Map<string, number[]>()
  const over: number[] = []
  for (const index of indexes) {
    const pass = passOf(index)
    if (pass && 'by' in pass) {
      const by = JSON.stringify(pass.by)
      sets.set(by, [...(sets.get(by) ?? []), index])
    } else over.push(index)
  }
  const [groups] = sets.values()
  const addsUp = over.every((index) => {
    const pass = passOf(index)
    return pass && !('by' in pass) && pass.additive
  })
  if (groups && addsUp) groups.push(...over)
  else if (over.length > 0) sets.set('', over)
  return [...sets.values()]
}
