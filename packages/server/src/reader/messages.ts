import type { Tree } from '@nsm/schema'
import type { Position } from '../journal/index.js'

/** What is wrong with a store. */
export interface StoreProblem {
  /** The engine's, or empty for another maker's error. */
  code: string
  message: string
}

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
  /** Asks for `alive`. */
  | { type: 'ping' }
  | { type: 'stop' }

/** What the reader tells the collector. */
export type FromReader =
  | { type: 'ready'; applied: Position }
  | { type: 'applied'; position: Position; events: number }
  /** The store's trouble as a code and one sentence, or that it is over. */
  | { type: 'store'; problem: StoreProblem | null }
  /** The answer to a ping: its event loop turns. */
  | { type: 'alive' }
  /** It cannot start; it exits after this. */
  | { type: 'failed'; code: string; message: string }
