import type { Report } from '@nsm/schema'
import { formatDate } from './date.js'
import { formFor } from './intl.js'
import { fill } from './messages.js'
import { formatValue } from './number.js'
import type { Speaker } from './speaker.js'

/** Caveats to know before trusting the number. */
export function notes({ quality, review }: Report, speaker: Speaker): string[] {
  const { words } = speaker
  const counts = (['late', 'lost', 'rejected'] as const).flatMap((kind) => {
    const n = quality[kind]
    return n ? [fill(formFor(words[kind], n, speaker.lang, 0), { n: formatValue(n, null, speaker) })] : []
  })
  if (!review) return counts
  const date = formatDate(review.due, speaker, { year: 'numeric' })
  return [...counts, fill(words[review.overdue ? 'overdue' : 'review'], { date })]
}
