import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseMap } from '../input/map.js'
import { readRows } from '../input/read-rows.js'
import { type ImportPlan, importRows } from './import-rows.js'
import type { Position } from './position.js'
import { rejectedFile } from './rejected-file.js'
import type { Arrival, Sink } from './sink.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nsm-import-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** A sink that remembers its position, as a store does, and can fail at a block. */
function memorySink() {
  const events = new Map<string, Arrival>()
  const positions = new Map<string, Position>()
  const written: number[] = []
  const sink: Sink & { breakAt?: number | undefined } = {
    name: 'memory',
    position: async (key) => positions.get(key) ?? null,
    async write(block, key, position) {
      if (written.length === sink.breakAt) throw new Error('disk full')
      written.push(block.length)
      for (const arrival of block) if (!events.has(arrival.id)) events.set(arrival.id, arrival)
      positions.set(key, position)
      return new Map()
    },
    close: async () => {},
  }
  return { sink, events, written }
}

const plan = (text: string, sink: Sink, changes: Partial<ImportPlan> = {}): ImportPlan => ({
  open: () => readRows(bytes(text), 'input'),
  again: true,
  map: [],
  zone: 'UTC',
  sink,
  rejected: (append) => rejectedFile(join(folder, 'rejected.ndjson'), append),
  onProgress: () => {},
  ...changes,
})

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < text.length; at += 1 << 16) yield Buffer.from(text.slice(at, at + (1 << 16)))
}

const line = (n: number, changes: object = {}) =>
  `${JSON.stringify({ type: 'track', event: 'sent', userId: `u${n}`, timestamp: '2026-03-02T09:00:00Z', ...changes })}\n`
const nested = (levels: number): unknown => (levels === 0 ? 1 : { a: nested(levels - 1) })
const lines = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => line(from + i)).join('')
const rejectedRows = async () =>
  (await readFile(join(folder, 'rejected.ndjson'), 'utf8'))
    .trim()
    .split('\n')
    .map((row) => JSON.parse(row))

describe('an import', () => {
  it('imports messages and writes the rest with line, code, message and path', async () => {
    const { sink, events } = memorySink()
    const text = `${line(1)}{"type":"track"\n${line(2, { event: '' })}${line(3, { timestamp: undefined })}${line(4, { properties: { x: 'y'.repeat(40_000) } })}${line(5)}${line(6, { properties: { x: nested(40) } })}${line(7, { properties: { x: nested(30) } })}`
    expect(await importRows(plan(text, sink))).toMatchObject({ rows: 8, imported: 3, rejected: 5 })
    // A second run says so too.
    expect(await importRows(plan(text, sink))).toMatchObject({ skipped: 8, rejected: 0, rejectedBefore: 5 })
    expect([...events.values()].map(({ message }) => message.userId)).toEqual(['u1', 'u5', 'u7'])
    expect(await rejectedRows()).toMatchObject([
      { line: 2, code: 'invalid_json', path: '', row: '{"type":"track"' },
      { line: 3, code: 'invalid_message', path: 'event', message: 'A name cannot be empty.' },
      { line: 4, code: 'missing_timestamp', path: 'timestamp' },
      { line: 5, code: 'event_too_large', path: '' },
      { line: 7, code: 'too_deep', path: '' },
    ])
  })

  it('recognizes a row without messageId, and tells identical rows apart', async () => {
    const { sink, events } = memorySink()
    await importRows(plan(line(1) + line(1) + line(2, { messageId: 'm2' }), sink))
    const ids = [...events.keys()]
    expect(ids).toEqual([expect.stringMatching(/^row-/), expect.stringMatching(/^row-/), 'm2'])
    await importRows(plan(line(1) + line(1) + line(2, { messageId: 'm2' }), sink, { again: false }))
    expect([...events.keys()]).toEqual(ids)
  })

  it('continues where it stopped', async () => {
    const { sink, events, written } = memorySink()
    const text = lines(0, 120_000)
    sink.breakAt = 1
    await expect(importRows(plan(text, sink))).rejects.toThrow('disk full')
    expect(events.size).toBe(50_000)
    sink.breakAt = undefined
    expect(await importRows(plan(text, sink))).toMatchObject({ rows: 120_000, skipped: 50_000, imported: 70_000 })
    expect(events.size).toBe(120_000)
    expect(written).toEqual([50_000, 50_000, 20_000])
  })

  it('keeps rows rejected before it stopped', async () => {
    const { sink } = memorySink()
    const text = `nonsense${lines(0, 1)}${lines(1, 60_000)}{}\n`.replace('nonsense', '{"a":}\n')
    sink.breakAt = 1
    await expect(importRows(plan(text, sink))).rejects.toThrow('disk full')
    sink.breakAt = undefined
    await importRows(plan(text, sink))
    const rows = await rejectedRows()
    expect(rows[0]).toMatchObject({ line: 1, code: 'invalid_json' })
    expect(rows.at(-1)).toMatchObject({ line: 60_002, code: 'invalid_message' })
  })

  it('of a file that grew reads only the new rows', async () => {
    const { sink, events } = memorySink()
    await importRows(plan(lines(0, 3), sink))
    expect(await importRows(plan(lines(0, 5), sink))).toMatchObject({ rows: 5, skipped: 3, imported: 2 })
    expect(events.size).toBe(5)
    expect(await importRows(plan(lines(0, 5), sink))).toMatchObject({ rows: 5, skipped: 5, imported: 0 })
  })

  it('of a changed or truncated file reads it all again and counts nothing twice', async () => {
    const { sink, events } = memorySink()
    await importRows(plan(lines(0, 4), sink))
    expect(await importRows(plan(line(0) + line(9) + lines(2, 4), sink))).toMatchObject({ skipped: 0, imported: 4 })
    expect(events.size).toBe(5)
    expect(await importRows(plan(lines(0, 2), sink))).toMatchObject({ rows: 2, skipped: 0, imported: 2 })
    expect(events.size).toBe(5)
  })

  it('of a CSV with another map is rejected, because events keep what was received first', async () => {
    const { sink } = memorySink()
    const csv = 'who,when,n\nu1,2026-03-02,3\n'
    const right = parseMap('event:=sent,userId=who,timestamp=when,properties.n=n')
    expect(await importRows(plan(csv, sink, { map: right }))).toMatchObject({ imported: 1 })
    await expect(
      importRows(plan(csv, sink, { map: parseMap('event:=sent,userId=who,timestamp=when') })),
    ).rejects.toThrow('with a different --map')
  })

  it('that imported nothing can be retried with another map', async () => {
    const { sink } = memorySink()
    const csv = 'who,when\nu1,2026-03-02\n'
    expect(await importRows(plan(csv, sink, { map: parseMap('event=when,userId=who') }))).toMatchObject({ rejected: 1 })
    const map = parseMap('event:=sent,userId=who,timestamp=when')
    expect(await importRows(plan(csv, sink, { map }))).toMatchObject({ imported: 1, rejected: 0, skipped: 0 })
  })

  it('writes rows that only the receiver rejects', async () => {
    const { sink } = memorySink()
    const late = {
      ...sink,
      write: async () => new Map([[2, { code: 'too_deep', message: 'No.', path: 'properties' }]]),
    }
    expect(await importRows(plan(lines(0, 3), late))).toMatchObject({ imported: 2, rejected: 1 })
    expect(await rejectedRows()).toMatchObject([{ line: 2, code: 'too_deep', path: 'properties', row: line(1).trim() }])
  })

  it('says which file it cannot write rejected rows to, and what to do', async () => {
    const { sink } = memorySink()
    const rejected = (append: boolean) => rejectedFile(join(folder, 'nowhere', 'rejected.ndjson'), append)
    await expect(importRows({ ...plan('{"type":"track"}\n', sink), rejected })).rejects.toThrow(
      /^Rejected rows can’t be written to .*\(ENOENT\)\. Choose another file with --rejected\.$/,
    )
  })
})
