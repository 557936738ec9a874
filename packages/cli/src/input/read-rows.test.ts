import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { openSource } from './bytes.js'
import { readRows } from './read-rows.js'
import type { Row } from './row.js'

const folders: string[] = []
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
})

async function file(content: string | Uint8Array, name = 'input'): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'nsm-rows-'))
  folders.push(folder)
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}

async function* chunks(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function rowsOf(bytes: AsyncIterable<Uint8Array>): Promise<Row[]> {
  const rows: Row[] = []
  for await (const block of (await readRows(bytes, 'input')).rows) rows.push(...block)
  return rows
}

const values = (rows: Row[]) => rows.map(({ content }) => (content.ok ? content.value : content.rejection.code))

describe('JSON lines', () => {
  it.each([1, 2, 3, 7, 1000])('read the same in chunks of %i bytes', async (size) => {
    const rows = await rowsOf(chunks('\ufeff{"a":"ü"}\r\n\n  {"b":2}  \n{"c":"🎉"}', size))
    expect(values(rows)).toEqual([{ a: 'ü' }, { b: 2 }, { c: '🎉' }])
    expect(rows.map(({ line }) => line)).toEqual([1, 3, 4])
  })

  it('report the column where a line is invalid, and continue', async () => {
    const rows = await rowsOf(chunks('{"a":1}\n{"a":1,}\n{"a":\n{"a":2}\n', 5))
    expect(values(rows)).toEqual([{ a: 1 }, 'invalid_json', 'invalid_json', { a: 2 }])
    expect(rows[1]?.content).toMatchObject({ rejection: { message: expect.stringContaining('column 8') } })
  })

  it('are rejected if they are not UTF-8', async () => {
    const bytes = (async function* () {
      yield Buffer.from('{"a":1}\n')
      yield Buffer.from('{"a":"\xfc"}\n', 'latin1')
    })()
    expect(values(await rowsOf(bytes))).toEqual([{ a: 1 }, 'invalid_encoding'])
  })

  it('do not hold a line in memory that is too long for an event', async () => {
    const long = (async function* () {
      yield Buffer.from('{"a":"')
      for (let i = 0; i < 40; i++) yield Buffer.alloc(1 << 16, 'x')
      yield Buffer.from('"}\n{"b":1}\n')
    })()
    const rows = await rowsOf(long)
    expect(values(rows)).toEqual(['event_too_large', { b: 1 }])
    expect(rows[0]?.text).toBe('')
  })

  it('in an array are rejected with advice', async () => {
    await expect(rowsOf(chunks(' [{"a":1}]', 100))).rejects.toThrow("jq -c '.[]'")
  })
})

describe('a CSV', () => {
  it.each([1, 4, 1000])('is read by its header, with quoted cells, in chunks of %i bytes', async (size) => {
    const rows = await rowsOf(chunks('\ufeffuser,"a ""b"""\r\nu1,"x, y\nz"\n\nu2,\n', size))
    expect(values(rows)).toEqual([{ user: 'u1', 'a "b"': 'x, y\nz' }, { user: 'u2' }])
    expect(rows[0]?.line).toBe(2)
  })

  it.each([';', '\t', '|'])('may have %j between its cells', async (delimiter) => {
    expect(values(await rowsOf(chunks(`user${delimiter}n\nu1${delimiter}"1,5"\n`, 9)))).toEqual([
      { user: 'u1', n: '1,5' },
    ])
  })

  it('rejects rows with too few or too many cells', async () => {
    expect(values(await rowsOf(chunks('a,b\n1\n1,2\n1,2,3\n', 100)))).toEqual([
      'invalid_csv',
      { a: '1', b: '2' },
      'invalid_csv',
    ])
  })

  it.each(['a,b\n1,"2\n3,4\n', 'a,b\n1,2\n3,x"4\n', 'a,"b\n1,2\n', 'a,b"\n1,2\n'])(
    'whose quotes do not match cannot be read: %j',
    async (text) => {
      await expect(rowsOf(chunks(text, 100))).rejects.toThrow(/^The CSV can’t be read from line \d onward: /)
    },
  )

  it('in another encoding is rejected', async () => {
    const bytes = (async function* () {
      yield Buffer.from('name,n\nJ\xfcrgen,1\n', 'latin1')
    })()
    await expect(rowsOf(bytes)).rejects.toThrow('not valid UTF-8')
  })
})

describe('a source', () => {
  it('is decompressed if its first bytes are gzip’s, whatever its name', async () => {
    const source = await openSource(await file(gzipSync('{"a":1}\n')), process.stdin)
    expect(values(await rowsOf(source.bytes))).toEqual([{ a: 1 }])
  })

  it('reports truncated gzip', async () => {
    const source = await openSource(await file(gzipSync('{"a":1}\n'.repeat(1000)).subarray(0, 40)), process.stdin)
    await expect(rowsOf(source.bytes)).rejects.toThrow('The gzip file may be incomplete or damaged')
  })

  it('is rejected if it is empty or blank', async () => {
    for (const content of ['', '\n \n']) {
      const source = await openSource(await file(content), process.stdin)
      await expect(readRows(source.bytes, source.name)).rejects.toThrow('is empty')
    }
  })

  it('is rejected if it is missing or a folder', async () => {
    await expect(openSource('/no/such/file', process.stdin)).rejects.toThrow('There is no file')
    await expect(openSource(tmpdir(), process.stdin)).rejects.toThrow('is a folder')
  })
})
