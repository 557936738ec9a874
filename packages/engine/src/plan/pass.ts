import { type Column, selectEvents } from './rows.js'
import type { Scene } from './scene.js'
import type { Label } from './segment.js'
import { type AnswerRow, byKey, type Question } from './table.js'

/** Numbers made of the events of some spans, span by span, in one pass. Other numbers of the same events can come along. */
export interface Pass {
  scene: Scene
  /** The key of an event's span, and its segment. */
  key: string
  label: Label
  conditions: readonly string[]
  /** What is needed of every event, by alias. */
  columns: Record<string, Column>
  /** The aggregates; `column` gives the name under which a column is found. */
  numbers(column: (alias: string) => string): string[]
}

/** A pass as a question of its own. */
export function passQuestion(pass: Pass, positions: (key: number) => readonly number[]): Question {
  return { sql: passSql([pass]), read: byKey(positions), pass }
}

/** One `SELECT` for all passes over the same events, with the numbers of each after the other. */
function passSql(passes: readonly Pass[]): string {
  const { scene, key, label, conditions } = passes[0] as Pass
  const columns: Record<string, Column> = { w: key, ...label.column }
  const names = new Map<string, string>()
  const numbers = passes.flatMap((pass, i) =>
    pass.numbers((alias) => {
      const column = pass.columns[alias] as Column
      const same = JSON.stringify(column)
      const name = names.get(same) ?? `${alias}${i}`
      names.set(same, name)
      columns[name] = column
      return name
    }),
  )
  // Who a user is has to be known as soon as one of them asks.
  const linked = passes.some((pass) => pass.scene.linked)
  const events = selectEvents({ ...scene, linked }, columns, conditions)
  return `SELECT w, ${label.shown}, ${numbers.join(', ')} FROM (${events}) GROUP BY w${label.also}`
}

/** Some questions in one `SELECT`. */
export interface Together {
  sql: string
  /** The rows that each question (by its index among those given) reads. */
  parts: { index: number; rows(all: AnswerRow[]): AnswerRow[] }[]
}

/** As few `SELECT`s as answer all questions: those about the same events are asked in one pass. */
export function together(questions: readonly Question[]): Together[] {
  const groups = new Map<string, number[]>()
  questions.forEach(({ pass, sql }, index) => {
    const events = pass
      ? JSON.stringify([pass.key, pass.label, pass.conditions, pass.scene.receivedUntil, pass.scene.known])
      : sql
    groups.set(events, [...(groups.get(events) ?? []), index])
  })
  return [...groups.values()].map((indexes) => {
    const [first] = indexes as [number]
    const passes = indexes.flatMap((index) => (questions[index] as Question).pass ?? [])
    if (passes.length < 2)
      return {
        sql: (questions[first] as Question).sql,
        parts: indexes.map((index) => ({ index, rows: (all) => all })),
      }
    let next = 0
    const parts = indexes.map((index, i) => {
      const pass = passes[i] as Pass
      const from = next
      const to = from + pass.numbers((alias) => alias).length
      next = to
      const own = ([w, s, ...numbers]: AnswerRow): AnswerRow => [w, s, ...numbers.slice(from, to)]
      return { index, rows: (all: AnswerRow[]) => all.map(own) }
    })
    return { sql: passSql(passes), parts }
  })
}
