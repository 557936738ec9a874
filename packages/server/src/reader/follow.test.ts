import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Event } from '@nsm/schema'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { formatPosition, Journal, type Position } from '../journal/index.js'
import { type Following, follow, type Target } from './follow.js'

let folder: string
let journal: Journal
let rows: Map<string, Event>
let inserts: Event[][]
let marks: Map<string, string>
let store: Target
let problems: (string | null)[]
let rejected: string[]
const followings: Following[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nsm-follow-'))
  journal = await Journal.open(folder, { segmentBytes: 500 })
  rows = new Map()
  inserts = []
  marks = new Map()
  problems = []
  rejected = []
  store = {
    async insert(events, mark) {
      inserts.push([...events])
      for (const event of events) rows.set(event.messageId, event)
      marks.set(mark.journal, mark.position)
    },
    position: async (id) => marks.get(id) ?? null,
  }
})
afterEach(async () => {
  for (const following of followings.splice(0)) await following.finish(AbortSignal.abort())
  await journal.close()
  await rm(folder, { recursive: true })
})

async function start(end: Position = journal.end, onApplied: (position: Position) => void = () => {}) {
  const following = await follow({
    store,
    folder,
    journal: journal.id,
    end,
    onApplied,
    onProblem: (problem) => problems.push(problem?.message ?? null),
    onRejected: (event) => rejected.push(event.messageId),
    wait: () => new Promise((resolve) => setImmediate(resolve)),
    clock: () => 0,
  })
  followings.push(following)
  return following
}

const append = (...ids: string[]) =>
  journal.append(Buffer.from(`${ids.map((messageId) => JSON.stringify({ messageId })).join('\n')}\n`))
const numbered = (count: number) => Array.from({ length: count }, (_, i) => `m${i}`)
const finish = (following: Following) => following.finish(new AbortController().signal)

describe('following', () => {
  it('applies what was committed before, over segments, and what comes later', async () => {
    for (const id of numbered(30)) await append(id)
    const following = await start()
    await append('later')
    following.committed(journal.end)
    await finish(following)
    expect([...rows.keys()]).toEqual([...numbered(30), 'later'])
    expect(following.applied).toEqual(journal.end)
    expect(marks.get(journal.id)).toBe(formatPosition(journal.end))
  })

  it('applies many commits as one block', async () => {
    await Promise.all(numbered(200).map((id) => append(id)))
    await finish(await start())
    expect(inserts).toHaveLength(1)
  })

  it('never reads beyond what it was told is committed', async () => {
    await append('known')
    const end = journal.end
    await append('unknown')
    await finish(await start(end))
    expect([...rows.keys()]).toEqual(['known'])
  })

  it('goes on from the store’s mark', async () => {
    await append('a')
    await finish(await start())
    await append('b')
    await finish(await start())
    expect(inserts.map((block) => block.map((event) => event.messageId))).toEqual([['a'], ['b']])
  })

  it('begins again when the mark lies behind the end: the journal is an older copy', async () => {
    await append('a')
    marks.set(journal.id, '99:0')
    await finish(await start())
    expect([...rows.keys()]).toEqual(['a'])
  })

  it('begins at the first segment there is when older ones are gone', async () => {
    for (const id of numbered(30)) await append(id)
    await journal.removeApplied(journal.end)
    await finish(await start())
    expect(rows.size).toBeGreaterThan(0)
    expect([...rows.keys()].at(-1)).toBe('m29')
  })
})

describe('a store in trouble', () => {
  it('is tried again until it takes the block, and is said to be well again', async () => {
    const insert = store.insert
    let failures = 6
    store.insert = async (events, mark) => {
      if (failures-- > 0) throw new Error('connection refused')
      await insert(events, mark)
    }
    await append('a')
    await finish(await start())
    expect([...rows.keys()]).toEqual(['a'])
    expect(problems).toEqual([...Array(4).fill('connection refused'), null])
    expect(rejected).toEqual([])
  })

  it.each([
    ['answers, but takes nothing', 20, {}],
    ['says that it is full, but takes a mark', 20, { code: 'store_full' }],
    ['is well again between a failure and the next write', 3, {}],
    ['fails now and then', 7, {}],
  ])('that %s loses no event', async (_, failures, code) => {
    const insert = store.insert
    let left = failures
    store.insert = async (events, mark) => {
      if (left > 0 && (events.length > 0 || !('code' in code)) && left-- > 0) {
        throw Object.assign(new Error('no space'), code)
      }
      await insert(events, mark)
    }
    await Promise.all(numbered(3).map((id) => append(id)))
    await finish(await start())
    expect(rejected).toEqual([])
    expect([...rows.keys()].sort()).toEqual(numbered(3))
    expect(problems.at(-1)).toBe(null)
  })

  it('that rejects one event though it answers gets all the others', async () => {
    const insert = store.insert
    store.insert = async (events, mark) => {
      if (events.some((event) => event.messageId === 'm7')) throw new Error('cannot parse')
      await insert(events, mark)
    }
    await Promise.all(numbered(20).map((id) => append(id)))
    await finish(await start())
    expect(rejected).toEqual(['m7'])
    expect([...rows.keys()].sort()).toEqual(
      numbered(20)
        .filter((id) => id !== 'm7')
        .sort(),
    )
    expect(marks.get(journal.id)).toBe(formatPosition(journal.end))
  })
})
