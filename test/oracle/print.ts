import { definitionIds, type Event, formulaIds, type QueryRequest, type Tree } from '@nsm/schema'
import type { Difference } from './compare.js'

export interface Disagreement {
  tree: Tree
  events: readonly Event[]
  request: QueryRequest
  now: number
  differences: readonly Difference[]
}

/** A disagreement for a reader: what is counted, of which events, what is asked, and both answers. */
export function printDisagreement({ tree, events, request, now, differences }: Disagreement): string {
  const lines = [
    ...printMetrics(tree, reachable(tree, request.metric)),
    ...(request.segment ? [`segment   ${JSON.stringify(tree.segments[request.segment])}`] : []),
    `query     ${JSON.stringify(request)} at ${iso(now)}`,
    '',
    ...printEvents(events),
    '',
    ...printDifferences(differences, ['differs at', 'by the specification', 'the engine says']),
  ]
  return lines.join('\n')
}

/** What is counted, and when. */
export function printMetrics({ calendar, exclude, metrics }: Tree, ids = Object.keys(metrics)): string[] {
  const { timezone, weekStart, allowedLateness } = calendar
  return [
    `calendar  ${timezone}, weeks from ${weekStart}, allowed lateness ${allowedLateness}`,
    ...(exclude ? [`exclude   ${JSON.stringify(exclude)}`] : []),
    ...ids.map((id) => {
      const { definition, formula } = metrics[id] as Tree['metrics'][string]
      return `metric    ${id} = ${JSON.stringify(definition)}${formula ? ` = ${JSON.stringify(formula)}` : ''}`
    }),
  ]
}

/** Events as a table. */
export function printEvents(events: readonly Event[]): string[] {
  return table(
    ['message', 'name', 'time', 'received', 'user', 'anonymous', 'other', 'properties', 'context'],
    events.map((event) => [
      event.messageId,
      event.name,
      iso(event.time),
      iso(event.receivedAt),
      event.userId,
      event.anonymousId,
      event.otherId,
      show(event.properties),
      show(event.context),
    ]),
  )
}

/** Where two answers differ, the first few. */
export function printDifferences(differences: readonly Difference[], head: [string, string, string]): string[] {
  const rows = differences.slice(0, 20).map(({ at, expected, actual }) => [at, text(expected), text(actual)])
  return [...table(head, rows), ...(differences.length > 20 ? [`… and ${differences.length - 20} more`] : [])]
}

function text(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** A name of 10,000 characters is told by its first. */
function short(cell: string): string {
  return cell.length > 200 ? `${cell.slice(0, 180)}… (${cell.length})` : cell
}

function reachable(tree: Tree, id: string): string[] {
  const metric = tree.metrics[id]
  if (!metric) return [id]
  const inputs = [
    ...definitionIds(metric.definition),
    ...(metric.definition.kind === 'derived' && metric.formula ? formulaIds(metric.formula) : []),
  ]
  return [...new Set([id, ...inputs.flatMap((input) => reachable(tree, input))])]
}

function iso(time: number): string {
  return new Date(time).toISOString()
}

/** JSON, with the numbers that JSON has not. */
function show(bag: Record<string, unknown>): string {
  if (Object.keys(bag).length === 0) return ''
  return JSON.stringify(bag, (_, value) =>
    typeof value === 'number' && !Number.isFinite(value) ? `(${value})` : value,
  )
}

function table(head: string[], rows: string[][]): string[] {
  const all = [head, ...rows.map((row) => row.map(short))]
  const widths = head.map((_, i) => Math.max(...all.map((row) => (row[i] as string).length)))
  return all.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] as number))
      .join('  ')
      .trimEnd(),
  )
}
