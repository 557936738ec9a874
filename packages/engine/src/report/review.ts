import { parseDuration, type Report, type Tree } from '@nsm/schema'
import { Temporal } from 'temporal-polyfill'

const UNITS = { m: 'minutes', h: 'hours', d: 'days', w: 'weeks', mo: 'months' } as const

/** When the tree is due for its next review: one interval after it was adopted. Null where either is not written. */
export function reviewOf(tree: Tree, asOf: number): Report['review'] {
  const { adopted, every } = tree.review ?? {}
  if (adopted === undefined || every === undefined) return null
  const { amount, unit } = parseDuration(every)
  const due = Temporal.PlainDate.from(adopted).add({ [UNITS[unit]]: amount })
  const today = Temporal.Instant.fromEpochMilliseconds(asOf).toZonedDateTimeISO(tree.calendar.timezone).toPlainDate()
  return { due: due.toString(), overdue: Temporal.PlainDate.compare(due, today) < 0 }
}
