import { InvalidArgumentError } from 'commander'
import { suggest } from '../terminal/nearest.js'
import type { Rejection } from './row.js'
import { toInstant } from './time.js'

/** Where one part of a message comes from. */
export interface Mapping {
  /** `event`, `userId`, `timestamp`, `properties.amount`, `context.groupId`, … */
  target: string
  from: { column: string; as?: CellType } | { value: string }
}
type CellType = (typeof CELL_TYPES)[number]

const CELL_TYPES = ['text', 'number', 'boolean'] as const
const TARGETS = [
  'type',
  'event',
  'userId',
  'anonymousId',
  'groupId',
  'previousId',
  'messageId',
  'timestamp',
  'receivedAt',
  'name',
] as const
const BAGS = ['properties', 'traits', 'context'] as const
const TIMES: readonly string[] = ['timestamp', 'receivedAt']
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/

/**
 * Parses `--map`: `TARGET=COLUMN` takes a cell, `TARGET=COLUMN:number` (text, boolean) sets its type, and
 * `TARGET:=VALUE` sets the same value on every row. Commas separate mappings; names that contain a comma, an equals
 * sign or a colon go in double quotes.
 *
 * @example parseMap('event:=purchase,userId=user,timestamp=date,properties.amount="price, net"')
 */
export function parseMap(text: string, previous: Mapping[] = []): Mapping[] {
  const mappings = splitOutsideQuotes(text, ',').map(parseMapping)
  const all = [...previous, ...mappings]
  const twice = all.find(({ target }, i) => all.findIndex((other) => other.target === target) < i)
  if (twice) throw new InvalidArgumentError(`"${twice.target}" is mapped twice. Remove one of the mappings.`)
  return all
}

function parseMapping(text: string): Mapping {
  const match = /^\s*([^=:\s]+)\s*(:?=)\s*(.+?)\s*$/.exec(text)
  if (!match) throw new InvalidArgumentError(`"${text}" is not a mapping. Use TARGET=COLUMN, for example userId=user.`)
  const [, target, sign, right] = match as unknown as [string, string, string, string]
  checkTarget(target)
  if (sign === ':=') return { target, from: { value: unquoted(right) } }
  const [column, as] = splitType(right)
  return { target, from: as ? { column, as } : { column } }
}

function checkTarget(target: string): void {
  const [bag, ...rest] = target.split('.')
  if ((TARGETS as readonly string[]).includes(target)) return
  if ((BAGS as readonly string[]).includes(bag as string) && rest.length > 0 && rest.every((key) => key !== '')) return
  const known = [...TARGETS, ...BAGS.map((name) => `${name}.…`)]
  throw new InvalidArgumentError(
    `A message has no field "${target}". ${suggest(target, [...TARGETS])} Put your own fields under properties, for example properties.${target}. Known: ${known.join(', ')}.`,
  )
}

function splitType(text: string): [string, CellType | undefined] {
  const match = /^(.*):([a-z]+)$/.exec(text)
  const type = match?.[2] as CellType | undefined
  if (match && type && CELL_TYPES.includes(type)) return [unquoted(match[1] as string), type]
  return [unquoted(text), undefined]
}

const unquoted = (text: string) => (/^".*"$/.test(text) ? text.slice(1, -1).replaceAll('""', '"') : text)

function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts = ['']
  let quoted = false
  for (const character of text) {
    if (character === '"') quoted = !quoted
    if (character === separator && !quoted) parts.push('')
    else parts[parts.length - 1] += character
  }
  return parts
}

/** An error message for the first mapped column that the input lacks; undefined if it has them all. */
export function missingColumn(map: readonly Mapping[], columns: readonly string[]): string | undefined {
  for (const { from } of map) {
    if ('column' in from && !columns.includes(from.column)) {
      const type = /^(.+):([a-z]+)$/.exec(from.column)
      return type && columns.includes(type[1] as string)
        ? `"${type[2]}" is not a cell type. Use ${CELL_TYPES.join(', ')}.`
        : `There is no column "${from.column}". ${suggest(from.column, columns)}`
    }
  }
  return undefined
}

/**
 * Builds a message from a row's cells. Ids and names stay text. Properties that look like a JSON number or boolean become
 * one unless the map says otherwise. {@link toInstant} reads times.
 */
export function applyMap(
  cells: Record<string, unknown>,
  map: readonly Mapping[],
  zone: string,
): { ok: true; value: Record<string, unknown> } | { ok: false; rejection: Rejection } {
  const message: Record<string, unknown> = { type: 'track' }
  for (const { target, from } of map) {
    const cell = 'value' in from ? from.value : cells[from.column]
    if (cell === undefined || cell === null) continue
    const converted = convert(target, cell, 'as' in from ? from.as : undefined, zone)
    if (!converted.ok) return converted
    put(message, target, converted.value)
  }
  return { ok: true, value: message }
}

function convert(
  target: string,
  cell: unknown,
  as: CellType | undefined,
  zone: string,
): { ok: true; value: unknown } | { ok: false; rejection: Rejection } {
  const text = String(cell)
  if (TIMES.includes(target)) {
    const time = toInstant(text, zone)
    return time.ok ? time : { ok: false, rejection: { code: 'invalid_message', message: time.message, path: target } }
  }
  if (!target.includes('.') || as === 'text') return { ok: true, value: text }
  if (as !== 'boolean' && NUMBER.test(text)) return { ok: true, value: Number(text) }
  if (as !== 'number' && /^(true|false)$/i.test(text)) return { ok: true, value: text.toLowerCase() === 'true' }
  if (as === undefined) return { ok: true, value: text }
  const wanted = as === 'number' ? 'a number such as 1234.5' : 'true or false'
  return {
    ok: false,
    rejection: {
      code: 'invalid_message',
      message: `"${text}" is not ${wanted}. Correct the cell, or map its column as :text.`,
      path: target,
    },
  }
}

/** Writes `context.groups.team` as nested objects, and `properties.a.b` as the one property `a.b`. */
function put(message: Record<string, unknown>, target: string, value: unknown): void {
  const [head, ...rest] = target.split('.') as [string, ...string[]]
  if (rest.length === 0) {
    message[head] = value
    return
  }
  const path = head === 'context' ? [head, ...rest] : [head, rest.join('.')]
  let place = message
  for (const key of path.slice(0, -1)) {
    if (!Object.hasOwn(place, key)) place[key] = {}
    place = place[key] as Record<string, unknown>
  }
  Object.defineProperty(place, path.at(-1) as string, { value, enumerable: true, writable: true, configurable: true })
}
