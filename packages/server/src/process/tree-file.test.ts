import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Tree } from '@nsm/schema'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { parseTreeFile, readTree, type WatchedTree, watchTree } from './tree-file.js'

const TREE = {
  version: 1,
  product: 'Team chat',
  calendar: { timezone: 'UTC' },
  events: { message_sent: {} },
  northStar: ['messages'],
  metrics: { messages: { title: 'Messages', definition: { kind: 'count', event: 'message_sent' } } },
}

let folder: string
let path: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nsm-tree-'))
  path = join(folder, 'northstar.json')
})
afterEach(() => rm(folder, { recursive: true }))

const write = (tree: unknown) => writeFile(path, typeof tree === 'string' ? tree : JSON.stringify(tree))

describe('a tree file', () => {
  it('is read with its text', async () => {
    await write(TREE)
    expect(await readTree(path)).toMatchObject({ product: 'Team chat', northStar: ['messages'] })
    expect(await parseTreeFile(path)).toMatchObject({ text: JSON.stringify(TREE), parsed: { ok: true } })
  })

  it('that is not there is missed by name, with what to do', async () => {
    await expect(readTree(path)).rejects.toMatchObject({
      code: 'tree_missing',
      message: `There is no tree file ${path}. Name another, or start from a file in examples/trees.`,
    })
  })

  it('that is a folder is told apart from one that is missing', async () => {
    await mkdir(path)
    await expect(readTree(path)).rejects.toMatchObject({
      code: 'tree_missing',
      message: `${path} is a folder. Name the tree file in it.`,
    })
  })

  it('that is not JSON is rejected with line and column', async () => {
    await write('{\n  "version": 1,,\n}')
    await expect(parseTreeFile(path)).rejects.toMatchObject({
      code: 'tree_invalid',
      message: expect.stringContaining(`${path}:2:16 is not JSON: `),
    })
  })

  it('that is no valid tree is rejected with the first problem, and how many more there are', async () => {
    await write({ ...TREE, northStar: ['nothing'], product: '', extra: 1 })
    const { parsed } = await parseTreeFile(path)
    const problems = parsed.ok ? [] : parsed.problems
    expect(problems.length).toBeGreaterThan(1)
    const [first] = problems
    await expect(readTree(path)).rejects.toMatchObject({
      code: 'tree_invalid',
      message: `${path}: ${first?.path}: ${first?.message} (${problems.length - 1} more; nsm check --tree ${path} lists them)`,
    })
  })
})

describe('a watched tree file', () => {
  let watched: WatchedTree
  let changes: Tree[]
  let problems: string[]
  let look: () => Promise<void>

  beforeEach(async () => {
    changes = []
    problems = []
    await write(TREE)
    watched = await watchTree(path, {
      onChange: (tree) => changes.push(tree),
      onProblem: (problem) => problems.push(problem),
      watch(_path, listener) {
        look = listener
        return () => {
          look = vi.fn()
        }
      },
    })
  })
  afterEach(() => watched.close())

  it('that changes is used from then on', async () => {
    await write({ ...TREE, product: 'Another' })
    await look()
    expect(changes.map(({ product }) => product)).toEqual(['Another'])
    expect([watched.tree.product, watched.problem]).toEqual(['Another', null])
  })

  it('that was only saved again is no change', async () => {
    await write(JSON.stringify(TREE, null, 2))
    await look()
    expect([changes, problems]).toEqual([[], []])
  })

  it('that breaks leaves the last good tree in use, and what is wrong names no folder', async () => {
    await write('{')
    await look()
    expect(watched.tree.product).toBe('Team chat')
    expect(watched.problem).toMatch(/^northstar\.json:1:2 is not JSON: .*\.$/)
    expect(watched.problem).not.toContain(folder)
    expect(problems[0]).toContain(path)
    expect(changes).toEqual([])
  })

  it('that is mended is used, and nothing is wrong any more', async () => {
    await write('{')
    await look()
    await write({ ...TREE, product: 'Mended' })
    await look()
    expect([watched.tree.product, watched.problem]).toEqual(['Mended', null])
  })

  it('that is mended to what it was is no change, and nothing is wrong any more', async () => {
    await rm(path)
    await look()
    expect(watched.problem).toContain('There is no tree file northstar.json')
    await write(TREE)
    await look()
    expect([changes, watched.problem]).toEqual([[], null])
  })
})
