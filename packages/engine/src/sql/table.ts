/** What a leaf's SQL answers, read into numbers: by segment, then by the position of the slice. */
export type Table = Map<string, Cell[]>

/** The numbers of one slice: what they are depends on the leaf. */
export type Cell = readonly (number | null)[]

/** The segment of a table that is not segmented. */
export const WHOLE = ''

/** A row of a leaf's answer: the key of a interval, the segment, then numbers. */
export type AnswerRow = [key: number | string, segment: string, ...numbers: (number | string | null)[]]

/** Reads rows whose key stands for some slices; what stands for none (it lies between windows) is left out. */
export function byKey(positions: (key: number) => readonly number[]): (rows: AnswerRow[]) => Table {
  return (rows) => {
    const table: Table = new Map()
    for (const [key, segment, ...numbers] of rows) {
      const places = positions(Number(key))
      if (places.length === 0) continue
      let cells = table.get(segment)
      if (!cells) {
        cells = []
        table.set(segment, cells)
      }
      // 64-bit integers may come as text, and so does what is too large for a number: it becomes NaN.
      const cell = numbers.map((number) => (number === null ? null : Number(number)))
      for (const position of places) cells[position] = cell
    }
    return table
  }
}
