import { placeOf } from '@nsm/server/tree'
import { findNodeAtLocation, type Node, parseTree as parseNodes } from 'jsonc-parser'

const STEP = /\.?([A-Za-z_$][\w$]*)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/g

/**
 * The line, from 1, of a problem's path in a JSON text. If the path is missing, the line of its nearest existing parent.
 *
 * @param path as `formatPath` writes it: `metrics.m.formula.sum[1]`
 */
export function lineOf(text: string, path: string): number {
  const root = parseNodes(text)
  if (!root) return 1
  const steps = stepsOf(path)
  for (let length = steps.length; length > 0; length--) {
    const node = findNodeAtLocation(root, steps.slice(0, length))
    if (node) return placeOf(text, startOf(node)).line
  }
  return placeOf(text, root.offset).line
}

/** A property starts with its name. */
const startOf = (node: Node) => (node.parent?.type === 'property' ? node.parent.offset : node.offset)

function stepsOf(path: string): (string | number)[] {
  return [...path.matchAll(STEP)].map(([, name, index, quoted]) => {
    if (index !== undefined) return Number(index)
    return quoted === undefined ? (name as string) : (JSON.parse(quoted) as string)
  })
}
