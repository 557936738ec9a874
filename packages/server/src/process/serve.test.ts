import { once } from 'node:events'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { lockStore } from '@nsm/engine/lock'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Journal } from '../journal/index.js'
import { serve } from './serve.js'

const example = fileURLToPath(new URL('../../../../examples/script-tag/northstar.json', import.meta.url))
const TREE = {
  version: 1,
  product: { name: 'Team chat' },
}
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nsm-serve-'))
})
afterEach(() => rm(folder, { recursive: true }))

const options = (changes: object = {}) => ({
  store: `file:${join(folder, 'data')}`,
  tree: join(folder, 'northstar.json'),
  port: 0,
  logLevel: 'silent',
  ...changes,
})

describe('a service does not start', () => {
  it('without its tree', async () => {
    await expect(serve(options())).rejects.toMatchObject({
      code: 'tree_missing',
      message: expect.stringContaining('northstar.json'),
    })
  })

  it('with an invalid tree, and says where', async () => {
    await writeFile(join(folder, 'northstar.json'), JSON.stringify(TREE))
    await expect(serve(options())).rejects.toMatchObject({ code: 'tree_invalid' })
    await writeFile(join(folder, 'northstar.json'), '{')
    await expect(serve(options())).rejects.toMatchObject({
      code: 'tree_invalid',
      message: expect.stringContaining('not JSON'),
    })
  })

  it('where others can reach it, without keys', async () => {
    await expect(serve(options({ host: '0.0.0.0' }))).rejects.toMatchObject({ code: 'keys_required' })
  })

  it('on a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    await expect(serve(options({ port, tree: example }))).rejects.toMatchObject({
      code: 'port_in_use',
      message: expect.stringContaining(String(port)),
    })
    other.close()
  })

  it('on a journal that another service writes', async () => {
    const journal = await Journal.open(join(folder, 'data', 'journal'))
    await expect(serve(options({ tree: example }))).rejects.toMatchObject({ code: 'journal_locked' })
    await journal.close()
  })

  it('on a store that another service uses, wherever its own journal would be, and leaves no trace', async () => {
    const lock = await lockStore(`file:${join(folder, 'data')}`)
    await lock.claim()
    const before = await readdir(folder, { recursive: true })
    await expect(serve(options({ tree: example, journal: join(folder, 'elsewhere') }))).rejects.toMatchObject({
      code: 'store_locked',
      message: expect.stringContaining(`process ${process.pid} on `),
    })
    expect(await readdir(folder, { recursive: true })).toEqual(before)
    await lock.release()
  })

  it('in a folder that cannot be written', async () => {
    await writeFile(join(folder, 'data'), 'a file')
    await expect(serve(options({ tree: example }))).rejects.toMatchObject({
      code: 'store_unusable',
      message: expect.stringContaining('Name a folder'),
    })
    await expect(
      serve(options({ tree: example, store: `file:${join(folder, 'store')}`, journal: join(folder, 'data') })),
    ).rejects.toMatchObject({ code: 'journal_unwritable' })
  })
})
