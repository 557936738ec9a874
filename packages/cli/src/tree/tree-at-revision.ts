import { execFile } from 'node:child_process'
import { basename, dirname } from 'node:path'
import { promisify } from 'node:util'
import { parseTree, type Tree } from '@nsm/schema'
import { describeProblem, parseJson } from '@nsm/server/tree'
import { usageError } from '../failure.js'

const run = promisify(execFile)

/** A tree file as of a git revision. @throws Failure when git doesn't have it, or it was not a valid tree */
export async function treeAtRevision(path: string, revision: string): Promise<Tree> {
  const text = await show(path, revision)
  const json = parseJson(text)
  const parsed = json.ok ? parseTree(json.value) : undefined
  if (parsed?.ok) return parsed.value
  const reason = parsed?.problems[0] ? describeProblem(parsed.problems[0]) : 'it is not JSON'
  throw usageError(`${path} at ${revision} is not a valid tree (${reason}), so there is nothing to compare with.`)
}

async function show(path: string, revision: string): Promise<string> {
  // A revision that begins with a dash would be read as an option.
  if (revision.startsWith('-')) throw usageError(`--against ${revision} is not a git revision.`)
  try {
    const { stdout } = await run('git', ['-C', dirname(path), 'show', `${revision}:./${basename(path)}`], {
      maxBuffer: 1 << 26,
    })
    return stdout
  } catch (error) {
    const { code, stderr } = error as { code?: string; stderr?: string }
    if (code === 'ENOENT')
      throw usageError('--against needs git, which is not installed. Install git, or leave out --against.')
    throw usageError(`git has no ${path} at ${revision}: ${stderr?.trim().split('\n')[0] ?? ''}`)
  }
}
