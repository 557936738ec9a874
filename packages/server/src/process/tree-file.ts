import { unwatchFile, watchFile } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { type Parsed, type Problem, parseTree, type Tree } from '@nsm/schema'
import { parseJson } from './json.js'
import { ServiceError } from './service-error.js'

/** How often the file is looked at: events of the file system do not cross mounts and containers. */
const POLL_MS = 1_000

/** A tree file's text, and the tree in it or everything that is wrong with it. */
export interface TreeFile {
  text: string
  parsed: Parsed<Tree>
}

/** Reads a tree file. @throws ServiceError `tree_missing`, or `tree_invalid` with the place where it is not JSON */
export async function parseTreeFile(path: string): Promise<TreeFile> {
  const text = await readText(path)
  const json = parseJson(text)
  if (json.ok) return { text, parsed: parseTree(json.value) }
  const { line, column } = json.place
  throw new ServiceError('tree_invalid', `${path}:${line}:${column} is not JSON: ${json.message}.`)
}

/** Reads a tree file that has to be valid. @throws ServiceError `tree_missing`, or `tree_invalid` with the first problem */
export async function readTree(path: string): Promise<Tree> {
  const { parsed } = await parseTreeFile(path)
  if (parsed.ok) return parsed.value
  const [first, ...others] = parsed.problems as [Problem, ...Problem[]]
  const more = others.length > 0 ? ` (${others.length} more; nsm check --tree ${path} lists them)` : ''
  throw new ServiceError('tree_invalid', `${path}: ${describeProblem(first)}${more}`)
}

/** A problem as one line: the path, then the sentence. */
export function describeProblem({ path, message }: Problem): string {
  return path === '' ? message : `${path}: ${message}`
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    const sentence =
      code === 'ENOENT'
        ? `There is no tree file ${path}. Name another, or start from a file in examples/trees.`
        : code === 'EISDIR'
          ? `${path} is a folder. Name the tree file in it.`
          : `The tree file ${path} cannot be read: ${message}.`
    throw new ServiceError('tree_missing', sentence, { cause })
  }
}

export interface WatchedTree {
  /** The last good tree. */
  readonly tree: Tree
  /** What is wrong with the file now, in one sentence without its folder; null when the last good tree is what it holds. */
  readonly problem: string | null
  close(): void
}

export interface WatchOptions {
  onChange(tree: Tree): void
  /** The file is broken: a sentence with its whole path. */
  onProblem(problem: string): void
  /** Calls back whenever the file may have changed; returns what stops it. Default: looks every second. */
  watch?: (path: string, listener: () => Promise<void>) => () => void
}

/** Reads a tree file and again whenever it changes; a broken one keeps the last good tree. @throws as {@link readTree} */
export async function watchTree(
  path: string,
  { onChange, onProblem, watch = poll }: WatchOptions,
): Promise<WatchedTree> {
  let tree = await readTree(path)
  let problem: string | null = null
  const close = watch(path, async () => {
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
  })
  return {
    get tree() {
      return tree
    },
    get problem() {
      return problem
    },
    close,
  }
}

function poll(path: string, listener: () => Promise<void>): () => void {
  const onStat = () => void listener()
  watchFile(path, { interval: POLL_MS, persistent: false }, onStat)
  return () => unwatchFile(path, onStat)
}
