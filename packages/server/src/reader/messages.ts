import type { Tree } from '@nsm/schema'
import type { Position } from '../journal/index.js'

/** What the collector tells the reader. */
export type ToReader =
  | {
      type: 'start'
      store: string
      journal: { folder: string; id: string; end: Position }
      tree: Tree
      socketPath: string
      logLevel: string
    }
  | { type: 'committed'; end: Position }
  | { type: 'tree'; tree: Tree }
  | { type: 'stop' }

/** What the reader tells the collector. */
export type FromReader =
  | { type: 'ready'; applied: Position }
  | { type: 'applied'; position: Position; events: number }
  /** The store's trouble in one sentence, or that it is over. */
  | { type: 'store'; problem: string | null }
  /** Its event loop turns. */
  | { type: 'alive' }
  /** It cannot start; it exits after this. */
  | { type: 'failed'; code: string; message: string }
