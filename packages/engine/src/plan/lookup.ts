import type { Metric, Segment, Tree } from '@nsm/schema'
import { EngineError, type EngineErrorCode } from '../errors.js'

/** A metric of the tree. @throws EngineError `unknown_metric`. */
export function metricIn(tree: Tree, id: string): Metric {
  return lookUp(tree.metrics, id, 'metric', 'unknown_metric')
}

/** A segment of the tree; null where none is asked for. @throws EngineError `unknown_segment`. */
export function segmentIn(tree: Tree, id: string | undefined): Segment | null {
  return id === undefined ? null : lookUp(tree.segments, id, 'segment', 'unknown_segment')
}

function lookUp<T>(all: Record<string, T>, id: string, kind: 'metric' | 'segment', code: EngineErrorCode): T {
  // An id may be what every object has ("constructor").
  if (Object.hasOwn(all, id)) return all[id] as T
  const known = Object.keys(all).join(', ') || 'none'
  throw new EngineError(code, `This tree has no ${kind} "${id}". Known: ${known}.`, { path: kind })
}
