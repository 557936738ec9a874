import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Event, toEvent } from '@nsm/schema'
import { drainPending, Session } from 'chdb'
import { afterEach, describe, expect, it } from 'vitest'
import { openStore, type Store } from './index.js'
import { arrivalsSql, extentsSql } from './schema.js'

const at = Date.parse('2026-03-02T09:00:00Z')
const DAY = 86_400_000

function event(messageId: string, changes: Partial<Event> = {}): Event {
  return {
    messageId,
    type: 'track',
    name: 'message_sent',
    time: at,
    receivedAt: at + 1000,
    userId: 'u1',
    anonymousId: '',
    otherId: '',
    properties: {},
    context: {},
    ...changes,
  }
}

const open: Store[] = []
async function memory(): Promise<Store> {
  const store = await openStore('memory:')
  open.push(store)
  return store
}
afterEach(async () => {
  for (const store of open.splice(0)) await store.close()
})

const all = (store: Store) =>
  store.rows<[string, string, number]>(
    `SELECT if(id = '', toString(uuid), id), name, time FROM ${store.database}.events ORDER BY 1`,
  )

describe('a copy', () => {
  it('changes nothing, in the same block or a later one', async () => {
    const store = await memory()
    await store.insert([event('m1'), event('m1', { receivedAt: at + 2000 })])
    await store.insert([event('m1', { receivedAt: at + 9 * DAY })])
    expect(await all(store)).toEqual([['m1', 'message_sent', at]])
  })

  it('changes nothing when it says something else', async () => {
    const store = await memory()
    const id = '0190b5a0-7e4c-7a52-8b1f-6d1c2b3a4f5e'
    await store.insert([event(id)])
    await store.insert([event(id, { name: 'other', time: at - 20 * DAY, receivedAt: at + DAY })])
    expect(await all(store)).toEqual([[id, 'message_sent', at]])
  })

  it('changes nothing when the sender’s clock is a day off, and the correction differs from try to try', async () => {
    const store = await memory()
    const message = { type: 'track' as const, event: 'message_sent', userId: 'u1', messageId: 'm1' }
    const tries = [0, 61_007, 2 * DAY + 3].map((after, i) =>
      toEvent(
        { ...message, timestamp: at - DAY },
        { receivedAt: at + after, sentAt: at - DAY + after - i, messageId: 'none' },
      ),
    )
    expect(new Set(tries.map(({ time }) => time)).size).toBe(3)
    for (const one of [tries[1], tries[0], tries[2]] as Event[]) await store.insert([one])
    expect(await all(store)).toEqual([['m1', 'message_sent', tries[0]?.time]])
  })

  it('takes the place of one that was received later but stored before', async () => {
    const store = await memory()
    await store.insert([event('m1', { name: 'late', time: at + DAY, receivedAt: at + 2 * DAY }), event('m2')])
    await store.insert([event('m1')])
    expect(await all(store)).toEqual([
      ['m1', 'message_sent', at],
      ['m2', 'message_sent', at],
    ])
  })
})

describe('what an event may hold', () => {
  const odd = {
    'a.b': 1,
    a: { b: 'nested' },
    '`"\'\\': 'x',
    '': 'empty',
    '😀': true,
    'nul\0': 'nul\0',
    date: '2026-01-01',
    list: [1, 2],
    nothing: null,
    big: 1e300,
    text: '5',
    ['n'.repeat(10_000)]: 'long',
  }
  it('is anything', async () => {
    const store = await memory()
    await store.insert([event('m\'1\\"`', { name: "'; DROP TABLE events; --", properties: odd, context: odd })])
    await store.insert([event('m\'1\\"`', { name: 'copy', receivedAt: at + 5000 })])
    expect(await all(store)).toEqual([['m\'1\\"`', "'; DROP TABLE events; --", at]])
  })

  it('is kept with its type', async () => {
    const store = await memory()
    await store.insert([event('m1', { properties: odd })])
    const [row] = await store.rows(
      'SELECT data.p.date.:String, data.p.big.:Float64, data.p.text.:String, data.p.text.:Float64, data.p.`a%2Eb`.:Float64, ' +
        `data.p.\`%F0%9F%98%80\`.:Bool, odd['p.list'], odd['p.a'] FROM ${store.database}.events`,
    )
    expect(row).toEqual(['2026-01-01', 1e300, '5', null, 1, true, '[1,2]', '{"b":"nested"}'])
  })

  it('is any time', async () => {
    const store = await memory()
    const times = [-62_135_596_800_000, -1, 0, 8_640_000_000_000_000]
    await store.insert(times.map((time, i) => event(`m${i}`, { time })))
    expect((await all(store)).map((row) => row[2])).toEqual(times)
  })
})

describe('a journal', () => {
  it('has no position before its first mark, and then the last', async () => {
    const store = await memory()
    expect(await store.position("j'1")).toBeNull()
    await store.insert([event('m1')], { journal: "j'1", position: '1' })
    await store.insert([], { journal: "j'1", position: '2' })
    expect(await store.position("j'1")).toBe('2')
    expect(await store.position('j2')).toBeNull()
  })
})

describe('a file store', () => {
  it('still has its events when it is opened again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nsm-store-'))
    try {
      const first = await openStore(`file:${folder}`)
      await first.insert([event('m1')], { journal: 'j', position: '7' })
      await first.close()
      const second = await openStore(`file:${folder}`)
      await second.insert([event('m1', { receivedAt: at + 5000 }), event('m2')])
      expect(await second.position('j')).toBe('7')
      expect((await all(second)).map((row) => row[0])).toEqual(['m1', 'm2'])
      await second.ping()
      await second.close()
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  it('of an earlier version is brought up to this one', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nsm-store-'))
    try {
      const first = await openStore(`file:${folder}`)
      await first.insert([event('m1')])
      await first.close()
      const session = new Session(folder)
      // What version 0.1.0 had.
      await session.queryAsync("ALTER TABLE nsm.events MODIFY COMMENT ''")
      await session.queryAsync('ALTER TABLE nsm.events DROP PROJECTION arrivals')
      await session.queryAsync('ALTER TABLE nsm.events DROP PROJECTION seen')
      await session.queryAsync(
        'ALTER TABLE nsm.events ADD PROJECTION extents (SELECT name, type, min(time), max(time), max(receivedAt), min(userId) GROUP BY name, type)',
      )
      await session.queryAsync('ALTER TABLE nsm.events DROP COLUMN block')
      session.close()
      await drainPending()
      const second = await openStore(`file:${folder}`)
      await second.insert([event('m1', { receivedAt: at }), event('m2')])
      expect((await all(second)).map((row) => row[0])).toEqual(['m1', 'm2'])
      for (const sql of [extentsSql('nsm'), arrivalsSql('nsm', [at, at + DAY], null)]) {
        expect((await second.rows<[string]>(`EXPLAIN ${sql}`)).join('\n')).toMatch(/\((seen|arrivals)\)/)
      }
      await second.close()
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  it('of a newer version is left alone', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nsm-store-'))
    try {
      await (await openStore(`file:${folder}`)).close()
      const session = new Session(folder)
      await session.queryAsync("ALTER TABLE nsm.events MODIFY COMMENT '99'")
      session.close()
      await drainPending()
      await expect(openStore(`file:${folder}`)).rejects.toMatchObject({
        code: 'store_unusable',
        message: expect.stringContaining('format 99'),
      })
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  it.each([
    ['its disk is full', 'min_free_disk_bytes_to_perform_insert', '1000000000000000', 'store_full'],
    ['its table takes nothing at present', 'parts_to_throw_insert', '1', 'store_unreachable'],
  ])('says so when %s, and takes the events later', async (_, setting, value, code) => {
    const folder = mkdtempSync(join(tmpdir(), 'nsm-store-'))
    const change = async (what: string) => {
      const session = new Session(folder)
      session.query(`ALTER TABLE nsm.events ${what}`)
      session.close()
      await drainPending()
    }
    const first = await openStore(`file:${folder}`)
    await first.insert([event('m0')])
    await first.close()
    await change(`MODIFY SETTING ${setting} = ${value}`)
    const troubled = await openStore(`file:${folder}`)
    await expect(troubled.insert([event('m1')], { journal: 'one', position: '1' })).rejects.toMatchObject({ code })
    expect(await troubled.position('one')).toBe(null)
    await troubled.close()
    await change(`RESET SETTING ${setting}`)
    const store = await openStore(`file:${folder}`)
    await store.insert([event('m1')], { journal: 'one', position: '1' })
    expect(await all(store)).toEqual(['m0', 'm1'].map((id) => [id, 'message_sent', at]))
    await store.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it('says so when its location is none', async () => {
    await expect(openStore('sqlite:x')).rejects.toMatchObject({ code: 'invalid_location' })
  })
})
