import type { Report, Tree } from '@nsm/schema'
import { dateAfter } from './date.js'

/**
 * When the tree is due for its next review: one interval after it was adopted. It is overdue from the day after that.
 * Null where either is not written.
 *
 * @param today local date in the tree's zone
 */
export function reviewOf({ review }: Pick<Tree, 'review'>, today: string): Report['review'] {
  const { adopted, every } = review ?? {}
  if (adopted === undefined || every === undefined) return null
  const due = dateAfter(adopted, every)
  return { due, overdue: due < today }
}
