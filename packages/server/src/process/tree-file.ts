import { unwatchFile, watchFile } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { parseTree, type Tree } from '@nsm/schema'
import { ServiceError } from './service-error.js'

/** How often the file is looked at: events of the file system do not cross mounts and containers. */
const POLL_MS = 1_000

/** Reads a tree file. @throws ServiceError `tree_missing`, `tree_invalid` with the first problems and their paths */
async function readTree(path: string): Promise<Tree> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    const reason =
      (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'There is no such file' : (cause as Error).message
    throw new ServiceError(
      'tree_missing',
      `The tree ${path} cannot be read: ${reason}. Start from one of examples/trees.`,
      {
        cause,
      },
    )
  }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw new ServiceError('tree_invalid', `The tree ${path} is not JSON: ${(cause as Error).message}.`, { cause })
  }
  const tree = parseTree(json)
  if (tree.ok) return tree.value
  const [first, ...others] = tree.problems.map((problem) => `${problem.path || 'the tree'}: ${problem.message}`)
  const more = others.length > 0 ? ` And ${others.length} more; nsm check lists them.` : ''
  throw new ServiceError('tree_invalid', `The tree ${path} is not valid. ${first}${more}`)
}

export interface WatchedTree {
  /** The last good tree. */
  readonly tree: Tree
  /** What is wrong with the file now, in one sentence without its folder; null when the last good tree is what it holds. */
  readonly problem: string | null
  close(): void
}

/** Reads a tree file and again whenever it changes; a broken one keeps the last good tree. @throws as {@link readTree} */
export async function watchTree(
  path: string,
  onChange: (tree: Tree) => void,
  onProblem: (problem: string) => void,
): Promise<WatchedTree> {
  let tree = await readTree(path)
  let problem: string | null = null
  const look = async () => {
    try {
      const next = await readTree(path)
      const changed = JSON.stringify(next) !== JSON.stringify(tree)
      problem = null
      if (!changed) return
      tree = next
      onChange(tree)
    } catch (error) {
      const { message } = error as Error
      problem = message.replaceAll(path, basename(path))
      onProblem(message)
    }
  }
  const listener = () => void look()
  watchFile(path, { interval: POLL_MS, persistent: false }, listener)
  return {
    get tree() {
      return tree
    },
    get problem() {
      return problem
    },
    close: () => unwatchFile(path, listener),
  }
}
