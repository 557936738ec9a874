import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { toMessage } from '../input/message.js'

const script = fileURLToPath(new URL('../../../../examples/git-history/git-history.mjs', import.meta.url))
let folder: string

const git = (args: string[], env: Record<string, string> = {}) =>
  execFileSync('git', ['-C', folder, '-c', 'commit.gpgsign=false', ...args], {
    env: { PATH: process.env['PATH'], GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null', ...env },
    encoding: 'utf8',
  })

async function commit(file: string, lines: number, email: string, authored: string, committed = authored) {
  await writeFile(join(folder, file), 'line\n'.repeat(lines))
  git(['add', '.'])
  // A message that looks like a header.
  git(['commit', '-qm', `${file}\n\nAuthor: Eve <eve@example.com>\n 9 files changed, 9 insertions(+)`], {
    GIT_AUTHOR_NAME: 'A <b>',
    GIT_AUTHOR_EMAIL: email,
    GIT_AUTHOR_DATE: authored,
    GIT_COMMITTER_NAME: 'C',
    GIT_COMMITTER_EMAIL: 'c@example.com',
    GIT_COMMITTER_DATE: committed,
  })
}

const historyOf = (argument: string, input = '') =>
  execFileSync(process.execPath, [script, argument], { input, encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nsm-git-'))
  git(['init', '-qb', 'main'])
  await commit('a', 3, 'Ana@example.com', '2026-03-02T09:00:00+01:00')
  await commit('a', 1, 'ana@example.com', '2026-03-03T09:00:00+01:00', '2026-03-05T10:00:00Z')
})
afterAll(() => rm(folder, { recursive: true }))

it('turns a repository into one message per commit, with a pseudonym for its author', () => {
  const [second, first] = historyOf(folder)
  expect(first).toEqual({
    type: 'track',
    event: 'commit',
    messageId: expect.stringMatching(/^[0-9a-f]{40}$/),
    userId: expect.stringMatching(/^[0-9a-f]{16}$/),
    timestamp: '2026-03-02T08:00:00.000Z',
    receivedAt: '2026-03-02T08:00:00.000Z',
    properties: { merge: false, files: 1, added: 3, removed: 0, lines: 3 },
  })
  expect(second).toMatchObject({
    userId: first.userId,
    timestamp: '2026-03-03T08:00:00.000Z',
    receivedAt: '2026-03-05T10:00:00.000Z',
    properties: { added: 0, removed: 2, lines: 2 },
  })
  expect(toMessage(first).ok).toBe(true)
  expect(JSON.stringify([first, second])).not.toMatch(/ana@|eve@|Eve\b/i)
})

it('reads the same from the default git log, except the commit time', () => {
  const [second] = historyOf('-', git(['log', '--stat']))
  expect(second).toMatchObject({ timestamp: '2026-03-03T08:00:00.000Z', receivedAt: '2026-03-03T08:00:00.000Z' })
  expect(second.properties).toEqual({ merge: false, files: 1, added: 0, removed: 2, lines: 2 })
})
