import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { placeReaderSocket } from './reader-socket.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nsm-socket-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe("the reader's socket", () => {
  it("lies in the journal's folder, and nothing of it is left", async () => {
    const socket = await placeReaderSocket(folder)
    expect(dirname(socket.path)).toBe(folder)
    expect(readdirSync(folder)).toEqual([])
    const server = createServer().listen(socket.path)
    await once(server, 'listening')
    server.close()
    await socket.remove()
    expect(readdirSync(folder)).toEqual([])
  })

  it('takes away what a service that was killed left, and nothing else', async () => {
    writeFileSync(join(folder, 'reader-0123abcd.sock'), '')
    writeFileSync(join(folder, '00000001.journal'), '')
    await placeReaderSocket(folder)
    expect(readdirSync(folder)).toEqual(['00000001.journal'])
  })

  it('lies in the temporary folder when the path is too long for a socket, where the next start takes it away', async () => {
    const deep = join(folder, 'a-folder-with-a-long-name'.repeat(4))
    mkdirSync(deep)
    const killed = dirname((await placeReaderSocket(deep)).path)
    expect([dirname(killed), existsSync(killed)]).toEqual([tmpdir(), true])
    const next = await placeReaderSocket(deep)
    expect([existsSync(killed), existsSync(dirname(next.path))]).toEqual([false, true])
    await next.remove()
    expect(existsSync(dirname(next.path))).toBe(false)
  })
})
