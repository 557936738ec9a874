/** A place between two records: the segment's number and the byte in its file. Everything before it is applied or committed. */
export interface Position {
  segment: number
  offset: number
}

/** Writes a position as the store keeps it: `12:40960`. */
export function formatPosition({ segment, offset }: Position): string {
  return `${segment}:${offset}`
}

/** Reads what {@link formatPosition} wrote. @throws RangeError for any other text. */
export function parsePosition(text: string): Position {
  const match = /^(\d+):(\d+)$/.exec(text)
  if (!match) throw new RangeError(`Not a journal position: ${text}`)
  return { segment: Number(match[1]), offset: Number(match[2]) }
}

/** Negative when `a` comes before `b`, 0 when they are the same place, positive when it comes after. */
export function comparePositions(a: Position, b: Position): number {
  return a.segment - b.segment || a.offset - b.offset
}
