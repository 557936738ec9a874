import type { Tree } from './tree.js'

/** The first event that the tree marks as a moment of value; null where it marks none. */
export function valueMoment({ events }: Pick<Tree, 'events'>): string | null {
  return Object.entries(events).find(([, { value }]) => value)?.[0] ?? null
}
