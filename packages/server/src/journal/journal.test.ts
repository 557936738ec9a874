import * as fs from 'node:fs/promises'
import { appendFile, cp, mkdtemp, open, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { JournalFiles } from './files.js'
import { Journal, type Position } from './index.js'
import { firstPosition, readChunk } from './read.js'
import { readHeader } from './segment.js'

let folder: string
const opened: Journal[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nsm-journal-'))
})
afterEach(async () => {
  for (const journal of opened.splice(0)) await journal.close()
  await rm(folder, { recursive: true })
})

async function start(options?: Parameters<typeof Journal.open>[1], dir = folder): Promise<Journal> {
  const journal = await Journal.open(dir, options)
  opened.push(journal)
  return journal
}

const line = (text: string) => Buffer.from(`${text}\n`)

async function linesOf(dir: string, end: Position): Promise<string[]> {
  const lines: string[] = []
  let position = await firstPosition(dir)
  for (;;) {
    const chunk = await readChunk(dir, position, end)
    if (chunk.payloads.length === 0) return lines
    lines.push(...Buffer.concat(chunk.payloads).toString().split('\n').filter(Boolean))
    position = chunk.position
  }
}

const firstSegment = () => join(folder, '00000001.journal')

/** A folder with one commit for each text. @returns where the first segment's records begin, then each one's end */
async function written(texts: readonly string[], options?: Parameters<typeof Journal.open>[1]): Promise<Position[]> {
  const journal = await Journal.open(folder, options)
  const ends: Position[] = []
  for (const text of texts) {
    await journal.append(line(text))
    ends.push(journal.end)
  }
  await journal.close()
  const { next } = readHeader(await readFile(firstSegment())) as { next: number }
  return [{ segment: 1, offset: next }, ...ends]
}

/** Every file with its content and when it was last changed. */
async function listing(dir: string): Promise<unknown[]> {
  const names = await readdir(dir)
  const files = names.sort().map(async (name) => {
    const path = join(dir, name)
    return [name, (await fs.stat(path)).mtimeMs, (await readFile(path)).toString('base64')]
  })
  return Promise.all(files)
}

/** The file system, with what segments' files do changed. */
function changed(change: (file: fs.FileHandle) => Partial<fs.FileHandle>): JournalFiles {
  return {
    ...fs,
    async open(...args) {
      const file = await fs.open(...args)
      if (!/\.journal$/.test(String(args[0]))) return file
      const other = change(file)
      return new Proxy(file, {
        get: (target, name) => {
          const value = Reflect.get(other, name) ?? Reflect.get(target, name)
          return typeof value === 'function' ? value.bind(target) : value
        },
      })
    },
  }
}

describe('an append', () => {
  it('is there after the journal was opened anew', async () => {
    await written(['a', 'b', 'c'])
    const journal = await start()
    expect(await linesOf(folder, journal.end)).toEqual(['a', 'b', 'c'])
  })

  it('shares its commit with those that wait', async () => {
    let syncs = 0
    const journal = await start({
      files: changed((file) => ({
        datasync() {
          syncs++
          return file.datasync()
        },
      })),
    })
    await Promise.all(Array.from({ length: 200 }, (_, i) => journal.append(line(String(i)))))
    expect(syncs).toBeLessThan(10)
    expect(await linesOf(folder, journal.end)).toHaveLength(200)
  })

  it('tells of its commit, where it ends and how long it took', async () => {
    let now = 0
    const journal = await start({
      clock: () => now,
      files: changed((file) => ({
        async datasync() {
          await file.datasync()
          now += 7
        },
      })),
    })
    // The first one creates its segment as well.
    await journal.append(line('a'))
    const commits: [Position, number][] = []
    journal.onCommit((end, durationMs) => commits.push([end, durationMs]))
    await journal.append(line('b'))
    expect(commits).toEqual([[journal.end, 7]])
  })

  it('keeps the journal’s identity over restarts and segments', async () => {
    const first = await start({ segmentBytes: 200 })
    const id = first.id
    for (let i = 0; i < 20; i++) await first.append(line(`event ${i}`))
    await first.close()
    const second = await start({ segmentBytes: 200 })
    expect(second.id).toBe(id)
    expect(second.end.segment).toBeGreaterThan(2)
    expect(await linesOf(folder, second.end)).toEqual(Array.from({ length: 20 }, (_, i) => `event ${i}`))
  })
})

describe('a torn end', () => {
  it('at any byte leaves every record before it, and the journal goes on', async () => {
    const texts = ['{"a":1}', 'second', '{"text":"ünïcödé"}', 'x'.repeat(300)]
    const ends = await written(texts)
    const whole = await readFile(firstSegment())
    const dir = await mkdtemp(join(tmpdir(), 'nsm-torn-'))
    try {
      const header = ends[0] as Position
      for (let length = header.offset; length <= whole.length; length++) {
        const copy = join(dir, String(length))
        await cp(folder, copy, { recursive: true })
        await truncate(join(copy, '00000001.journal'), length)
        const journal = await Journal.open(copy)
        const survivors = texts.filter((_, i) => (ends[i + 1] as Position).offset <= length)
        expect(await linesOf(copy, journal.end)).toEqual(survivors)
        await journal.append(line('after'))
        expect(await linesOf(copy, journal.end)).toEqual([...survivors, 'after'])
        await journal.close()
      }
    } finally {
      await rm(dir, { recursive: true })
    }
  }, 120_000)

  it('of zeros, as a power cut leaves it, is passed over', async () => {
    const ends = await written(['a', 'b'])
    const whole = await readFile(firstSegment())
    await writeFile(firstSegment(), Buffer.concat([whole, Buffer.alloc(4096)]))
    const journal = await start()
    expect(journal.end).toEqual(ends.at(-1))
    expect(journal.recovered.torn).toBe(4096)
    await journal.append(line('c'))
    expect(await linesOf(folder, journal.end)).toEqual(['a', 'b', 'c'])
    await journal.close()
    expect((await start()).recovered.torn).toBe(0)
  })

  it('left by a crash while a segment was made is no segment, and goes', async () => {
    await written(['a'])
    await writeFile(join(folder, '00000002.journal.1f.new'), 'half')
    const journal = await start()
    expect(await linesOf(folder, journal.end)).toEqual(['a'])
    expect(await readdir(folder)).toEqual(['00000001.journal', 'lock'])
  })
})

describe('damage among acknowledged records', () => {
  async function damage(record: number, ends: Position[]) {
    const file = await open(firstSegment(), 'r+')
    await file.write(Buffer.from('XX'), 0, 2, (ends[record] as Position).offset + 14)
    await file.close()
  }

  it('stops with the file, the byte and what to do', async () => {
    const ends = await written(['first', 'second', 'third'])
    await damage(1, ends)
    await expect(Journal.open(folder)).rejects.toMatchObject({
      code: 'journal_damaged',
      message: expect.stringMatching(/00000001\.journal.*byte \d+.*salvage/),
    })
  })

  it('is set aside by salvage; every other record and every position stays', async () => {
    const ends = await written(['first', 'second', 'third'])
    await damage(1, ends)
    const journal = await start({ salvage: true })
    expect(await linesOf(folder, journal.end)).toEqual(['first', 'third'])
    expect(journal.end).toEqual(ends.at(-1))
    expect((await readdir(folder)).filter((name) => name.includes('damaged'))).toHaveLength(1)
    await journal.close()
    const again = await start()
    expect(await linesOf(folder, again.end)).toEqual(['first', 'third'])
  })

  it('in a segment that others follow is never taken for a torn end', async () => {
    await written(
      Array.from({ length: 10 }, (_, i) => `event ${i}`),
      { segmentBytes: 200 },
    )
    const { length } = await readFile(firstSegment())
    await truncate(firstSegment(), length - 3)
    await expect(Journal.open(folder)).rejects.toMatchObject({ code: 'journal_damaged' })
  })

  it('by a missing segment is told, too', async () => {
    await written(
      Array.from({ length: 20 }, (_, i) => `event ${i}`),
      { segmentBytes: 200 },
    )
    await rm(join(folder, '00000002.journal'))
    await expect(Journal.open(folder)).rejects.toMatchObject({
      code: 'journal_damaged',
      message: expect.stringContaining('missing'),
    })
  })
})

describe('a failing disk', () => {
  /** Segments' files whose calls fail while told to. */
  function failing(fail: { write?: boolean; sync?: boolean }): JournalFiles {
    const reject = () => Promise.reject(Object.assign(new Error('no space left on device'), { code: 'ENOSPC' }))
    return changed((file) => ({
      write: (async (buffer: Buffer, offset: number, length: number, position: number) => {
        // A full disk takes what still fits.
        if (fail.write) {
          await file.write(buffer, offset, Math.floor(length / 2), position)
          return reject()
        }
        return file.write(buffer, offset, length, position)
      }) as fs.FileHandle['write'],
      datasync: () => (fail.sync ? reject() : file.datasync()),
    }))
  }

  it.each([['write'], ['sync']] as const)('rejects while its %s fails, then goes on', async (call) => {
    const fail: Record<string, boolean> = {}
    const journal = await start({ files: failing(fail) })
    await journal.append(line('before'))
    fail[call] = true
    await expect(journal.append(line('rejected'))).rejects.toMatchObject({ code: 'journal_unwritable' })
    expect(journal.problem).toContain('ENOSPC')
    fail[call] = false
    expect(await journal.check()).toBeNull()
    await journal.append(line('after'))
    await journal.close()
    const again = await start()
    expect(await linesOf(folder, again.end)).toEqual(['before', 'after'])
  })
})

describe('on a file system whose locks keep nobody out, the newest opening has the journal:', () => {
  const tryLock = async () => true

  it('the one before acknowledges nothing more, says so once, and leaves everything as it is', async () => {
    const former = await start({ tryLock })
    await former.append(line('before'))
    const owner = await start({ tryLock })
    await expect(former.append(line('too late'))).rejects.toMatchObject({
      code: 'journal_lost',
      message: expect.stringContaining(folder),
    })
    await expect(former.lost).resolves.toMatchObject({ code: 'journal_lost' })
    await owner.append(line('after'))
    const taken = await listing(folder)
    expect(await former.removeApplied(owner.end)).toBe(0)
    await former.close()
    expect(await listing(folder)).toEqual(taken)
    expect(await linesOf(folder, owner.end)).toEqual(['before', 'after'])
  })

  it('the one before notices within moments though nothing comes in', async () => {
    const former = await start({ tryLock })
    await start({ tryLock })
    await expect(former.lost).resolves.toMatchObject({ code: 'journal_lost' })
  })

  it('what the one before still writes into its segment is passed over, whole or torn', async () => {
    const former = await start({ tryLock })
    await former.append(line('before'))
    const owner = await start({ tryLock })
    await owner.append(line('after'))
    await expect(former.append(line('too late'))).rejects.toThrow()
    await appendFile(firstSegment(), 'half a rec')
    await Promise.all([former.close(), owner.close()])
    const again = await start()
    expect(await linesOf(folder, again.end)).toEqual(['before', 'after'])
  })
})

describe('on a full disk', () => {
  /** Nothing new fits on it; what is there can be overwritten. */
  function fullDisk(disk: { full: boolean; lockToo?: boolean }): JournalFiles {
    const full = () => Promise.reject(Object.assign(new Error('no space left on device'), { code: 'ENOSPC' }))
    return {
      ...fs,
      async open(...args) {
        const file = await fs.open(...args)
        const isLock = String(args[0]).endsWith('lock')
        if (!disk.full || (isLock && !disk.lockToo)) return file
        return new Proxy(file, {
          get(target, name) {
            if (name === 'write' || name === 'writeFile') return disk.full ? full : target[name].bind(target)
            const value = Reflect.get(target, name)
            return typeof value === 'function' ? value.bind(target) : value
          },
        })
      },
    }
  }

  it.each([
    ['a lock file that can be overwritten', { full: true }],
    ['a lock file that cannot', { full: true, lockToo: true }],
  ])('with %s it opens, can be read, rejects, and goes on by itself when there is room', async (_, disk) => {
    const ends = await written(['a', 'b'])
    await appendFile(firstSegment(), 'half a rec')
    const journal = await start({ files: fullDisk(disk) })
    expect(await linesOf(folder, journal.end)).toEqual(['a', 'b'])
    expect(journal.end).toEqual(ends.at(-1))
    await expect(journal.append(line('rejected'))).rejects.toMatchObject({ code: 'journal_unwritable' })
    expect(journal.problem).toContain('ENOSPC')
    disk.full = false
    expect(await journal.check()).toBeNull()
    await journal.append(line('c'))
    expect(await linesOf(folder, journal.end)).toEqual(['a', 'b', 'c'])
  })
})

describe('the folder', () => {
  it('has one writer', async () => {
    const journal = await start()
    await expect(Journal.open(folder)).rejects.toMatchObject({
      code: 'journal_locked',
      message: expect.stringContaining(String(process.pid)),
    })
    await journal.close()
    await start()
  })

  it('is not touched by a service that finds it taken', async () => {
    const journal = await start()
    await journal.append(line('event'))
    const before = await listing(folder)
    await expect(Journal.open(folder)).rejects.toMatchObject({ code: 'journal_locked' })
    expect(await listing(folder)).toEqual(before)
  })

  it('without its lock file is not written any more: a second service would not see the first', async () => {
    const journal = await start()
    await journal.append(line('before'))
    await rm(join(folder, 'lock'))
    await expect(journal.append(line('after'))).rejects.toMatchObject({
      code: 'journal_lost',
      message: expect.stringContaining('Start the service again'),
    })
    await expect(journal.lost).resolves.toMatchObject({ code: 'journal_lost' })
  })

  it('is free when only a copy of a lock file lies in it', async () => {
    const journal = await start()
    await journal.append(line('event'))
    const copy = await mkdtemp(join(tmpdir(), 'nsm-copy-'))
    try {
      await cp(folder, copy, { recursive: true })
      const other = await start({}, copy)
      expect(await linesOf(copy, other.end)).toEqual(['event'])
      await other.close()
      await journal.append(line('goes on'))
    } finally {
      await rm(copy, { recursive: true })
    }
  })

  it('that is a file is named in one sentence', async () => {
    const path = join(folder, 'file')
    await writeFile(path, '')
    await expect(Journal.open(path)).rejects.toMatchObject({
      code: 'journal_unwritable',
      message: expect.stringContaining(path),
    })
  })

  it('keeps one applied segment and removes those before it', async () => {
    const journal = await start({ segmentBytes: 200 })
    for (let i = 0; i < 20; i++) await journal.append(line(`event ${i}`))
    const { end } = journal
    await journal.removeApplied(end)
    const names = (await readdir(folder)).filter((name) => name.endsWith('.journal'))
    expect(names).toHaveLength(2)
    expect(journal.first).toBe(end.segment - 1)
    await journal.close()
    const again = await start({ segmentBytes: 200 })
    expect(again.end).toEqual(end)
  })
})
