import type { Segment } from '@nsm/schema'
import { quoteText } from '../store/quote.js'
import { literal, numberText, property } from './value.js'

/** The segment of events without a value. */
const NONE = `'(none)'`

/** SQL for the segment that an event is in, as text. */
export function segmentLabel({ property: name, buckets }: Segment): string {
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
