import stringWidth from 'string-width'
import type { Colors } from './terminal.js'

type Formatter = Colors['bold']

export interface Column {
  title: string
  align?: 'left' | 'right'
}

/** A cell's text, optionally with its color on a terminal. */
export type Cell = string | { text: string; paint: Formatter }

const GAP = '  '

/** Lines up text in columns under their titles. An emoji or a CJK character is two columns wide. */
export function formatTable(columns: readonly Column[], rows: readonly Cell[][], dim: Formatter): string {
  const widths = columns.map((column, i) =>
    Math.max(stringWidth(column.title), ...rows.map((row) => stringWidth(textOf(row[i] ?? '')))),
  )
  const line = (cells: readonly Cell[]) =>
    columns
      .map((column, i) => pad(cells[i] ?? '', widths[i] as number, column.align ?? 'left'))
      .join(GAP)
      .trimEnd()
  return [line(columns.map(({ title }) => ({ text: title, paint: dim }))), ...rows.map(line)].join('\n')
}

function pad(cell: Cell, to: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(0, to - stringWidth(textOf(cell))))
  const painted = typeof cell === 'string' ? cell : cell.paint(cell.text)
  return align === 'right' ? space + painted : painted + space
}

const textOf = (cell: Cell) => (typeof cell === 'string' ? cell : cell.text)
