import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'

const bin = fileURLToPath(new URL('../../packages/cli/bin/nsm.js', import.meta.url))
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nsm-journey-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** Runs a line of the shell in a folder of its own, where `$nsm` is the built command line. */
async function shell(line: string) {
  const child = spawn('sh', ['-c', line], { cwd: folder, env: { ...process.env, nsm: `${process.execPath} ${bin}` } })
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { out, err, code }
}

const events = (count: number) =>
  Array.from({ length: count }, (_, i) =>
    JSON.stringify({
      type: 'track',
      event: 'value_moment',
      messageId: `m${i}`,
      userId: `u${i}`,
      timestamp: '2026-03-02T09:00:00Z',
    }),
  ).join('\n')

it('a history that is piped in is imported', async () => {
  await writeFile(join(folder, 'many.ndjson'), events(3_000))
  expect(await shell('cat many.ndjson | $nsm import - --store file:data')).toEqual({
    out: expect.stringContaining('3,000 events imported'),
    err: '',
    code: 0,
  })
})

it('what waits at standard input is left alone by a command that reads a file', async () => {
  await writeFile(join(folder, 'few.ndjson'), events(3))
  const loop = 'printf "few\\nfew\\n" | while read name; do $nsm import $name.ndjson --store file:$name; done'
  const twice = expect.stringMatching(/3 events imported(.|\n)*Nothing new/)
  expect(await shell(loop)).toEqual({ out: twice, err: '', code: 0 })
})

it('a pipe that is not needed holds nothing up', async () => {
  const child = spawn(process.execPath, [bin, 'import', '-', '--map', 'event=name'], { cwd: folder })
  child.stdin.write(`${events(1)}\n`)
  const [err, [code]] = await Promise.all([text(child.stderr), once(child, 'close')])
  expect(err).toContain('Remove --map, which is only for a CSV')
  expect(code).toBe(2)
})
