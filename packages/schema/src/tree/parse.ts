import { type Parsed, parseWith } from '../problem.js'
import { checkReferences } from './references.js'
import { type Tree, treeShapeSchema } from './tree.js'

/**
 * Reads a metric tree: the shape first, then that every name resolves and nothing depends on itself.
 *
 * @example
 * const tree = parseTree(JSON.parse(await readFile('northstar.json', 'utf8')))
 * if (!tree.ok) for (const { path, message } of tree.problems) console.error(`${path}: ${message}`)
 */
export function parseTree(input: unknown): Parsed<Tree> {
  const shape = parseWith(treeShapeSchema, input)
  if (!shape.ok) return shape
  const problems = checkReferences(shape.value)
  return problems.length > 0 ? { ok: false, problems } : shape
}
