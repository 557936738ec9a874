import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openStore } from './store.js'
import { unusable, whyNotOpened } from './unusable.js'

const folder = mkdtempSync(join(tmpdir(), 'nsm-unusable-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('a store that cannot be opened', () => {
  it('says that another process has it', async () => {
    const taken = join(folder, 'taken')
    const script = join(folder, 'holder.mjs')
    // Where the script lies there are no packages.
    symlinkSync(join(import.meta.dirname, '../../node_modules'), join(folder, 'node_modules'))
    writeFileSync(
      script,
      `import { Session } from 'chdb'
      const session = new Session(${JSON.stringify(taken)})
      session.query('SELECT 1')
      process.send('open')
      process.on('message', () => process.exit())`,
    )
    const holder: ChildProcess = fork(script)
    await once(holder, 'message')
    try {
      await expect(openStore(`file:${taken}`)).rejects.toMatchObject({
        code: 'store_locked',
        message: expect.stringMatching(new RegExp(`^Another process has the store .*\\(process ${holder.pid}\\)`)),
      })
    } finally {
      holder.send('end')
      await once(holder, 'exit')
    }
  })

  it('says that its place is a file', async () => {
    const file = join(folder, 'file')
    writeFileSync(file, '')
    for (const place of [file, join(file, 'inside')]) {
      await expect(openStore(`file:${place}`)).rejects.toMatchObject({
        code: 'store_unusable',
        message: expect.stringContaining('is a file. Name a folder.'),
      })
    }
  })

  it('says what the file system refuses', () => {
    const why = (code: string) => unusable('/data', Object.assign(new Error(`${code}: no`), { code })).message
    expect(why('EACCES')).toContain('this user may not read and write it')
    expect(why('EROFS')).toContain('its disk is read-only')
    expect(why('ENOSPC')).toContain('its disk is full')
    expect(why('EMFILE')).toBe('The store in /data cannot be opened: EMFILE: no')
  })

  it('says that its files may be damaged when whoever had it is not to be seen', () => {
    const left = join(folder, 'left')
    mkdirSync(left)
    // Above what an operating system gives out.
    writeFileSync(join(left, 'status'), 'PID: 4194304999\n')
    const { code, message } = whyNotOpened(left, new Error('no'))
    expect([code, message]).toEqual([
      'store_unusable',
      expect.stringContaining('no process that can be seen from here has it'),
    ])
  })
})
