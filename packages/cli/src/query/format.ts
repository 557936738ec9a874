import { formatValue } from '@nsm/card/summary'
import type { Point, QueryResult, Tree, Unit } from '@nsm/schema'
import stringWidth from 'string-width'
import { type Cell, type Column, formatTable } from '../terminal/table.js'
import type { Terminal } from '../terminal/terminal.js'

const NO_VALUE = '(none)'

/** A number in the card's format. */
const say = (value: number | null | undefined, unit: Unit | null) => formatValue(value ?? null, unit, { lang: 'en' })

type Screen = Pick<Terminal, 'colors' | 'width'>

/** What a metric is called, in what unit, and how it is counted. */
export interface Heading {
  title: string
  unit: Unit | null
  sentence: string | null
}

/**
 * A query's result as text: the metric, then one row per period. Segments that don't fit side by side each get their own
 * table.
 */
export function formatResult(result: QueryResult, heading: Heading, screen: Screen): string {
  const { bold, dim } = screen.colors
  const head = [bold(titleWithUnit(heading)), ...(heading.sentence ? [dim(heading.sentence)] : [])].join('\n')
  const tables = result.segments
    ? formatSegments(result.points, result.segments, heading.unit, screen)
    : formatTable(...pointRows(result.points, heading.unit, screen), dim)
  return [head, '', tables, '', dim(footer(result)), ...ignoredLine(result, screen)].join('\n')
}

function titleWithUnit({ title, unit }: Heading): string {
  const noun = typeof unit === 'string' ? (/^percent$|:/.test(unit) ? '' : unit) : (unit?.other ?? '')
  return title.toLowerCase().includes(noun.toLowerCase()) ? title : `${title} (${noun})`
}

function pointRows(points: readonly Point[], unit: Unit | null, screen: Screen): [Column[], Cell[][]] {
  const isRatio = points.some(({ denominator }) => denominator !== undefined && denominator !== null)
  const columns: Column[] = [
    { title: 'period' },
    { title: 'value', align: 'right' },
    ...(isRatio
      ? ([
          { title: 'numerator', align: 'right' },
          { title: 'denominator', align: 'right' },
        ] as Column[])
      : []),
    { title: 'state' },
  ]
  const rows = points.map((point) => [
    point.period,
    { text: say(point.value, unit), paint: point.state === 'open' ? screen.colors.dim : screen.colors.bold },
    ...(isRatio ? [say(point.numerator, null), say(point.denominator, null)] : []),
    { text: point.state === 'final' ? '' : point.state, paint: screen.colors.dim },
  ])
  return [columns, rows]
}

function formatSegments(
  all: readonly Point[],
  segments: Record<string, Point[]>,
  unit: Unit | null,
  screen: Screen,
): string {
  const names = Object.keys(segments).sort(bySize)
  const columns: Column[] = [
    { title: 'period' },
    { title: 'all', align: 'right' },
    ...names.map((title): Column => ({ title, align: 'right' })),
  ]
  const rows = all.map((point, i) => [
    point.period,
    say(point.value, unit),
    ...names.map((name) => say(segments[name]?.[i]?.value, unit)),
  ])
  const table = formatTable(columns, rows, screen.colors.dim)
  const width = longestLine(formatTable(columns, rows, String))
  if (screen.width === undefined || width <= screen.width || names.length < 2) return table
  return names
    .map((name) => {
      const [heads, body] = pointRows(segments[name] ?? [], unit, screen)
      return `${screen.colors.bold(name)}\n${formatTable(heads, body, screen.colors.dim)}`
    })
    .join('\n\n')
}

const longestLine = (text: string) => Math.max(...text.split('\n').map((line) => stringWidth(line)))

function footer({ grain, timeZone, asOf }: QueryResult): string {
  return `by ${grain}, ${timeZone}, as of ${asOf}`
}

function ignoredLine({ ignored }: QueryResult, { colors }: Screen): string[] {
  const kinds = Object.entries(ignored ?? {}).filter(([, n]) => n > 0)
  if (kinds.length === 0) return []
  return [
    colors.yellow(`Left out because they are not numbers: ${kinds.map(([kind, n]) => `${n} ${kind}`).join(', ')}.`),
  ]
}

/** Sorts `<10` before `10-100` before `100+`, and events without a value last. */
function bySize(a: string, b: string): number {
  if ((a === NO_VALUE) !== (b === NO_VALUE)) return a === NO_VALUE ? 1 : -1
  return a.localeCompare(b, 'en', { numeric: true })
}

/** The heading of a metric of a tree. */
export function headingOf(tree: Tree, id: string, sentence: string | null): Heading {
  const metric = tree.metrics[id]
  return { title: metric?.title ?? id, unit: metric?.unit ?? null, sentence }
}
