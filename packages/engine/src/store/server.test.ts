import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Event } from '@nsm/schema'
import { Session } from 'chdb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore, type Store } from './index.js'
import { type Served, serveEngine } from './served.js'

const DAY = 86_400_000
const at = Date.parse('2026-03-02T09:00:00Z')

function event(messageId: string, receivedAt: number, name = 'message_sent'): Event {
  return {
    messageId,
    type: 'track',
    name,
    time: at,
    receivedAt,
    userId: 'u1',
    anonymousId: '',
    otherId: '',
    properties: { text: "it's \\ `odd`" },
    context: {},
  }
}

let folder: string
let session: Session
let server: Served
let location: string
const stores: Store[] = []
const collector = async () => {
  const store = await openStore(location)
  stores.push(store)
  return store
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nsm-server-'))
  session = new Session(folder)
  server = await serveEngine(session)
  location = `${server.url}/metrics`
})
afterAll(async () => {
  for (const store of stores) await store.close()
  await server.close()
  session.close()
  rmSync(folder, { recursive: true, force: true })
})

const rowsOf = (store: Store) =>
  store.rows<[string, number]>(`SELECT name, receivedAt FROM ${store.database}.events ORDER BY receivedAt`)

describe('collectors that share one server', () => {
  it('keep the copy that was received first, whoever applies it first', async () => {
    const [one, other] = [await collector(), await collector()]
    await one.insert([event('m1', at + 9000, 'later')], { journal: 'one', position: '1' })
    await other.insert([event('m1', at + 1000, 'sooner')], { journal: 'other', position: '8' })
    await one.insert([event('m1', at + 5000, 'between')])
    expect(await rowsOf(one)).toEqual([['sooner', at + 1000]])
    expect([await one.position('one'), await one.position('other')]).toEqual(['1', '8'])
    await one.ping()
  })

  it('keep one copy of each message when they apply the same ones at the same time', async () => {
    const [one, other] = [await collector(), await collector()]
    const ids = Array.from({ length: 50 }, (_, i) => `same-${i}`)
    await Promise.all([
      one.insert(ids.map((id) => event(id, at + 20_000, 'by one'))),
      other.insert(ids.map((id) => event(id, at + 10_000, 'by other'))),
    ])
    const kept = (await rowsOf(one)).filter(([name]) => name.startsWith('by'))
    expect(kept).toEqual(ids.map(() => ['by other', at + 10_000]))
  })

  it('keep one of copies that came in the same millisecond, whatever they say, even the same', async () => {
    const [one, other] = [await collector(), await collector()]
    const ids = Array.from({ length: 50 }, (_, i) => `twin-${i}`)
    const twins = (text: string) =>
      ids.map((id, i) => ({ ...event(id, at + 30_000, 'twins'), properties: i % 2 === 0 ? { text } : {} }))
    await Promise.all([one.insert(twins('one')), other.insert(twins('other'))])
    expect((await rowsOf(one)).filter(([name]) => name === 'twins')).toHaveLength(ids.length)
  })

  it('take a copy out that they could not take out before, wherever it stands', async () => {
    const [one, other] = [await collector(), await collector()]
    const later = { ...event('left', at + 90_000, 'left later'), time: at + 9 * DAY }
    await one.insert([later])
    server.refuse(/^DELETE/)
    const sooner = event('left', at + 40_000, 'left sooner')
    await expect(other.insert([sooner])).rejects.toThrow('Not now.')
    await other.insert([sooner])
    expect((await rowsOf(one)).filter(([name]) => name.startsWith('left'))).toEqual([['left sooner', at + 40_000]])
  })

  it('agree on one of any copies in any order, from clocks that are a day off', async () => {
    const collectors = [await collector(), await collector()] as const
    let state = 20_260_302
    const pick = (n: number) => {
      state = (state * 48_271) % 2_147_483_647
      return state % n
    }
    const deliveries = Array.from({ length: 6 }, () =>
      Array.from({ length: 12 }, (): Event => {
        const receivedAt = at + 100_000 + pick(3)
        return {
          ...event(`any-${pick(20)}`, receivedAt, `any ${pick(2)}`),
          time: at + (pick(3) - 1) * DAY,
          properties: pick(2) === 0 ? { n: pick(3) } : {},
        }
      }),
    )
    await Promise.all(deliveries.map((events, i) => collectors[i % 2]?.insert(events)))
    const stored = await collectors[0].rows<[string, number]>(
      `SELECT id, receivedAt FROM ${collectors[0].database}.events WHERE startsWith(id, 'any-') ORDER BY id`,
    )
    const first = new Map<string, number>()
    for (const { messageId, receivedAt } of deliveries.flat())
      first.set(messageId, Math.min(first.get(messageId) ?? receivedAt, receivedAt))
    expect(stored).toEqual([...first].sort(([a], [b]) => (a < b ? -1 : 1)))
  })
})

it('says so when nothing answers', async () => {
  await expect(openStore('http://127.0.0.1:9/nsm')).rejects.toMatchObject({ code: 'store_unreachable' })
})
