import type { Segment } from '@nsm/schema'
import { quoteText } from '../../store/quote.js'
import { WHOLE } from '../table.js'
import { literal, numberText, property } from './value.js'

/** The segment of events without a value. */
const NONE = `'(none)'`

/** How a `SELECT` that may be segmented names its segments: one that is not groups by nothing more, which is cheaper. */
export interface Label {
  /** The segment, or a constant for the whole, as SQL. */
  sql: string
  /** The segment as a column. */
  column: { segment?: string }
  /** It, after other columns. */
  also: '' | ', segment'
  /** What stands in its place in an answer. */
  shown: string
}

export function labelOf(segment: Segment | null): Label {
  if (!segment) return { sql: `'${WHOLE}'`, column: {}, also: '', shown: `'${WHOLE}'` }
  const sql = segmentLabel(segment)
  return { sql, column: { segment: sql }, also: ', segment', shown: 'segment' }
}

/** SQL for the segment that an event is in, as text. */
function segmentLabel({ property: name, buckets }: Segment): string {
  const { text, number, truth, odd } = property(name)
  if (!buckets) {
    return (
      `multiIf(isNotNull(${text}), assumeNotNull(${text}), isNotNull(${number}), ${numberText(`assumeNotNull(${number})`)}, ` +
      `isNotNull(${truth}), if(assumeNotNull(${truth}), 'true', 'false'), ${odd} IN ('', 'null'), ${NONE}, ${odd})`
    )
  }
  const steps = buckets.map((bound, i) => {
    const label = i === 0 ? `<${bound}` : `${buckets[i - 1]}-${bound}`
    return `assumeNotNull(${number}) < ${literal(bound)}, ${quoteText(label)}`
  })
  return `multiIf(isNull(${number}), ${NONE}, ${steps.join(', ')}, ${quoteText(`${buckets.at(-1)}+`)})`
}
