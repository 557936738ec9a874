import { readFile } from 'node:fs/promises'
import { type Parsed, type Problem, parseTree, type Tree } from '@nsm/schema'
import { commandError, usageError } from '../failure.js'
import { parseJson } from './json.js'

/** Reads a tree file and says everything that is wrong with it. @throws Failure when there is no such file, or no JSON in it. */
export async function parseTreeFile(path: string): Promise<{ text: string; parsed: Parsed<Tree> }> {
  const text = await readTreeText(path)
  const json = parseJson(text)
  if (!json.ok) {
    throw commandError(`${path}:${json.place.line}:${json.place.column} is not JSON: ${json.message}.`)
  }
  return { text, parsed: parseTree(json.value) }
}

/** Reads a tree file that has to be right. @throws Failure with the first problem when it is not. */
export async function readTree(path: string): Promise<Tree> {
  const { parsed } = await parseTreeFile(path)
  if (parsed.ok) return parsed.value
  const [first, ...rest] = parsed.problems as [Problem, ...Problem[]]
  const more = rest.length > 0 ? ` (${rest.length} more; nsm check --tree ${path} lists them)` : ''
  throw commandError(`${path}: ${describeProblem(first)}${more}`)
}

/** A problem as one line: the path, then the sentence. */
export function describeProblem({ path, message }: Problem): string {
  return path === '' ? message : `${path}: ${message}`
}

async function readTreeText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') {
      throw usageError(`There is no tree file ${path}; name one with --tree, or start from a file in examples/trees.`)
    }
    if (code === 'EISDIR') throw usageError(`${path} is a folder; name the tree file in it with --tree.`)
    throw usageError(`The tree file ${path} cannot be read: ${(error as Error).message}.`)
  }
}
