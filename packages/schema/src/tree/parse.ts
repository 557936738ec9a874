import { formatPath, type Parsed, type Problem, parseWith } from '../problem.js'
import { NO_NAME, NO_NAME_SENTENCE } from './names.js'
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
  const lost = findNoNames(input, [])
  if (lost.length > 0) return { ok: false, problems: lost }
  const shape = parseWith(treeShapeSchema, input)
  if (!shape.ok) return shape
  const problems = checkReferences(shape.value)
  return problems.length > 0 ? { ok: false, problems } : shape
}

/** Keys that parsing would leave out without a word. */
function findNoNames(value: unknown, path: readonly PropertyKey[]): Problem[] {
  if (typeof value !== 'object' || value === null) return []
  if (Array.isArray(value)) return value.flatMap((item, i) => findNoNames(item, [...path, i]))
  return Object.entries(value).flatMap(([key, inner]) =>
    key === NO_NAME
      ? [{ path: formatPath([...path, key]), message: NO_NAME_SENTENCE }]
      : findNoNames(inner, [...path, key]),
  )
}
