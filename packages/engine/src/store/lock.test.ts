import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { describeHolder, FileLock } from './lock.js'
import { openStore } from './store.js'
import { lockStore } from './store-lock.js'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nsm-lock-'))
  path = join(folder, 'lock')
})
afterEach(() => rmSync(folder, { recursive: true }))

const take = async (...args: Parameters<typeof FileLock.take>) => (await FileLock.take(...args)) as FileLock

/** A process that holds the lock of a file, by the same call as ours. */
async function holderOf(file: string): Promise<ChildProcess> {
  const native = join(import.meta.dirname, '../../node_modules/fs-native-extensions')
  const script = `const file = require('node:fs').openSync(${JSON.stringify(file)}, 'r+')
    const { tryLock } = require(${JSON.stringify(native)})
    const taken = process.platform === 'darwin' ? tryLock(file) : tryLock(file, 2 ** 30, 1)
    process.send(taken)
    setInterval(() => {}, 60_000)`
  const holder = spawn(process.execPath, ['--eval', script], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  expect(await once(holder, 'message')).toEqual([true, undefined])
  return holder
}

describe('a lock file', () => {
  it('is held by one at a time, in this process, too', async () => {
    const lock = await take(path)
    expect(await FileLock.take(path)).toBeNull()
    await lock.release()
    const next = await take(path)
    await next.release()
  })

  it('is held against other processes, until they are killed', async () => {
    await (await take(path)).release()
    const holder = await holderOf(path)
    expect(await FileLock.take(path)).toBeNull()
    holder.kill('SIGKILL')
    await once(holder, 'exit')
    await (await take(path)).release()
  })

  it('says who claimed it last, and stays when it is released', async () => {
    const lock = await take(path)
    expect(await describeHolder(path)).toBe('process unknown')
    await lock.claim()
    await lock.release()
    expect(await describeHolder(path)).toMatch(new RegExp(`^process ${process.pid} on .+, since \\d{4}-`))
  })

  it('belongs to who claimed it last, also where its lock keeps nobody out', async () => {
    const tryLock = async () => true
    const first = await take(path, { tryLock })
    await first.claim()
    const second = await take(path, { tryLock })
    expect([await first.holds(), await second.holds()]).toEqual([true, false])
    await second.claim()
    expect([await first.holds(), await second.holds()]).toEqual([false, true])
    await first.release()
    expect(await second.holds()).toBe(true)
    await second.release()
  })
})

describe('a store', () => {
  const listing = () =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((file) => [file, statSync(file).mtimeMs, readFileSync(file).toString('base64')])

  it('that is open says who has it to everyone else, who writes nothing to it', async () => {
    const store = await openStore(`file:${folder}`)
    await store.insert([], { journal: 'j', position: '1:1' })
    const before = listing()
    for (const other of [openStore, lockStore]) {
      await expect(other(`file:${folder}`)).rejects.toMatchObject({
        code: 'store_locked',
        message: expect.stringContaining(`process ${process.pid} on `),
      })
    }
    expect(listing()).toEqual(before)
    await store.close()
    const lock = await lockStore(`file:${folder}`)
    await lock.release()
  })

  it('is opened by the reader of the service that has its lock', async () => {
    const lock = await lockStore(`file:${folder}`)
    const store = await openStore(`file:${folder}`, { locked: true })
    await store.ping()
    await store.close()
    await lock.release()
  })

  it('that was copied while it was open opens elsewhere as it is', async () => {
    const original = join(folder, 'original')
    const copy = join(folder, 'copy')
    const lock = await lockStore(`file:${original}`)
    await lock.claim()
    const store = await openStore(`file:${original}`, { locked: true })
    await store.insert([], { journal: 'j', position: '1:1' })
    execFileSync('cp', ['-r', original, copy])
    await store.close()
    await lock.release()
    const other = await openStore(`file:${copy}`)
    expect(await other.position('j')).toBe('1:1')
    await other.close()
  })
})
