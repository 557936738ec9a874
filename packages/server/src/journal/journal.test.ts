import { cp, mkdtemp, open, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Journal, type Position, type SegmentFile } from './index.js'
import { firstPosition, readChunk } from './read.js'

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

/** A folder with one commit for each text. */
async function written(texts: readonly string[], options?: Parameters<typeof Journal.open>[1]): Promise<Position[]> {
  const journal = await Journal.open(folder, options)
  const ends = [journal.end]
  for (const text of texts) {
    await journal.append(line(text))
    ends.push(journal.end)
  }
  await journal.close()
  return ends
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
      openSegment: async (path) => {
        const file = await open(path, 'r+')
        return {
          write: file.write.bind(file) as SegmentFile['write'],
          truncate: (length) => file.truncate(length),
          close: () => file.close(),
          datasync: () => {
            syncs++
            return file.datasync()
          },
        }
      },
    })
    await Promise.all(Array.from({ length: 200 }, (_, i) => journal.append(line(String(i)))))
    expect(syncs).toBeLessThan(10)
    expect(await linesOf(folder, journal.end)).toHaveLength(200)
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

  it('of zeros, as a power cut leaves it, is cut off', async () => {
    const ends = await written(['a', 'b'])
    const whole = await readFile(firstSegment())
    await writeFile(firstSegment(), Buffer.concat([whole, Buffer.alloc(4096)]))
    const journal = await start()
    expect(journal.end).toEqual(ends.at(-1))
    expect(journal.recovered.torn).toBe(4096)
  })

  it('left by a crash while a segment was made is no segment', async () => {
    await written(['a'])
    await writeFile(join(folder, '00000002.journal.new'), 'half')
    const journal = await start()
    expect(await linesOf(folder, journal.end)).toEqual(['a'])
  })
})

describe('damage among acknowledged records', () => {
  async function damage(record: number, ends: Position[]) {
    const file = await open(firstSegment(), 'r+')
    await file.write(Buffer.from('XX'), 0, 2, (ends[record] as Position).offset + 14)
    await file.close()
  }

  it('stops with the file, the byte and the way out', async () => {
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
  /** A segment's file whose calls fail while told to. */
  function failing(fail: { write?: boolean; sync?: boolean; truncate?: boolean }) {
    return async (path: string): Promise<SegmentFile> => {
      const file = await open(path, 'r+')
      const refuse = () => Promise.reject(new Error('ENOSPC: no space left on device'))
      return {
        write: (async (buffer: Buffer, offset: number, length: number, position: number) => {
          // A full disk takes what still fits.
          if (fail.write) {
            await file.write(buffer, offset, Math.floor(length / 2), position)
            return refuse()
          }
          return file.write(buffer, offset, length, position)
        }) as SegmentFile['write'],
        datasync: () => (fail.sync ? refuse() : file.datasync()),
        truncate: (length) => (fail.truncate ? refuse() : file.truncate(length)),
        close: () => file.close(),
      }
    }
  }

  it.each([['write'], ['sync']] as const)('refuses while its %s fails, then goes on', async (call) => {
    const fail: Record<string, boolean> = {}
    const journal = await start({ openSegment: failing(fail) })
    await journal.append(line('before'))
    fail[call] = true
    await expect(journal.append(line('refused'))).rejects.toMatchObject({ code: 'journal_unwritable' })
    expect(journal.problem).toContain('no space left')
    fail[call] = false
    expect(await journal.check()).toBeNull()
    await journal.append(line('after'))
    await journal.close()
    const again = await start()
    expect(await linesOf(folder, again.end)).toEqual(['before', 'after'])
  })

  it('whose cut fails writes nothing behind the torn record', async () => {
    const fail: Record<string, boolean> = {}
    const journal = await start({ openSegment: failing(fail) })
    await journal.append(line('before'))
    fail['write'] = true
    await expect(journal.append(line('refused'))).rejects.toThrow()
    fail['write'] = false
    fail['truncate'] = true
    await expect(journal.append(line('refused too'))).rejects.toThrow()
    await journal.close()
    const again = await start()
    expect(await linesOf(folder, again.end)).toEqual(['before'])
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

  it('is taken over from a process that is gone', async () => {
    await writeFile(join(folder, 'lock'), JSON.stringify({ pid: 2 ** 22 + 1, started: 'never' }))
    await start()
  })

  it('is taken over when another process has the dead one’s number', async () => {
    await writeFile(join(folder, 'lock'), JSON.stringify({ pid: process.ppid, started: 'another boot:1' }))
    await start()
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
