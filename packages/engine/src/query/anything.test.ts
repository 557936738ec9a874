import { type Event, parseTree } from '@nsm/schema'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore, type Store } from '../store/index.js'
import { explain, query } from './index.js'

const at = Date.parse('2026-03-02T12:00:00Z')
const now = at + 86_400_000

/** What an SQL dialect, a template or a path might trip over. */
const NASTY = [
  `it's`,
  '`tick`',
  'a.b',
  'back\\slash',
  `\\'; DROP TABLE events; --`,
  '{x:String} %s ?',
  '/* comment',
  '😀 é 漢',
  'nul\0byte',
  'line\nbreak\ttab',
  '%',
  'constructor',
  'any',
  '.',
  'n'.repeat(10_000),
  `${'`'.repeat(150)}.`,
  'lone \ud800 half',
  ') OR 1=1 UNION ALL SELECT 1 --',
  `', [1]) FORMAT Null; SELECT '`,
]
/** What can be a step of a path into an event: anything but a dot. */
const stepOf = (text: string) => text.replaceAll('.', '') || 'step'
/** A lone half of a character has no UTF-8, and is stored as the sign for that. */
const stored = (text: string) => text.replaceAll('\ud800', '\ufffd')

function eventOf(text: string, i: number): Event {
  return {
    messageId: `m${i}`,
    type: 'track',
    name: text,
    time: at,
    receivedAt: at,
    userId: text.slice(0, 200),
    anonymousId: '',
    otherId: '',
    properties: Object.fromEntries<unknown>([
      [text, text],
      [`${text} number`, 3],
      ['deep', { [stepOf(text)]: text.slice(0, 200) }],
    ]),
    context: { groups: { [stepOf(text)]: text.slice(0, 200), team: text.slice(0, 200) } },
  }
}

let store: Store
beforeAll(async () => {
  store = await openStore('memory:')
  await store.insert(NASTY.map(eventOf))
})
afterAll(async () => {
  // Nothing that was asked did anything.
  expect(await store.rows(`SELECT count() FROM ${store.database}.events`)).toEqual([[NASTY.length]])
  await store.close()
})

function treeOf(text: string, definition: object, more: object = {}) {
  const tree = parseTree({
    version: 1,
    product: text,
    calendar: { timezone: 'UTC' },
    entities: {
      team: {},
      group: { id: `context.groups.${stepOf(text)}` },
      deep: { id: `properties.deep.${stepOf(text)}` },
      trait: { id: `traits.${stepOf(text)}` },
    },
    events: Object.fromEntries([[text, {}]]),
    segments: { s: { property: text }, b: { property: `${text} number`, buckets: [1, 5] } },
    northStar: ['m'],
    metrics: { m: { title: text, definition } },
    ...more,
  })
  if (!tree.ok) throw new Error(JSON.stringify(tree.problems))
  return tree.value
}

const request = { metric: 'm', grain: 'day', from: '2026-03-02', to: '2026-03-02' } as const

describe('a name or a value may be anything', () => {
  for (const text of NASTY) {
    const name = JSON.stringify(text.length > 60 ? `${text.slice(0, 10)}… (${text.length})` : text)
    it(name, async () => {
      const is = (test: unknown) => Object.fromEntries([[text, test]])
      const one = async (definition: object, more: object = {}) => {
        const { points } = await query(store, treeOf(text, definition, more), request, now)
        return points[0]?.value
      }
      const number = `${text} number`
      expect(await one({ kind: 'count', event: text, where: is(text) })).toBe(1)
      expect(await one({ kind: 'count', event: '*', where: is([text, 'other']) })).toBe(1)
      expect(await one({ kind: 'count', event: '*', where: is({ contains: text }) })).toBe(1)
      expect(await one({ kind: 'count', event: '*', where: is({ not: text }) })).toBe(NASTY.length - 1)
      expect(await one({ kind: 'count', event: '*', where: is({ exists: true }) })).toBe(1)
      expect(
        await one({ kind: 'unique', of: 'team', event: text, having: { unique: { property: text, gte: 1 } } }),
      ).toBe(1)
      const step = { event: text, where: is(text), having: { sum: { property: number, gte: 3 } } }
      expect(await one({ kind: 'sum', event: ['*', text], property: number })).toBe(3)
      expect(await one({ kind: 'average', event: text, property: number, stat: 'median' })).toBe(3)
      for (const of of ['group', 'deep', 'user'])
        expect(await one({ kind: 'unique', of, event: text, lifecycle: 'new', having: step.having }), of).toBe(1)
      expect(await one({ kind: 'unique', of: 'trait', event: text })).toBe(0)
      for (const measure of [{ sum: number }, { unique: 'deep' }])
        expect(await one({ kind: 'average', event: text, per: 'group', measure, stat: 'max' })).toBe(
          'sum' in measure ? 3 : 1,
        )
      expect(await one({ kind: 'stock', of: 'deep', event: text, state: is(text), sum: number })).toBe(3)
      expect(await one({ kind: 'conversion', of: 'group', from: step, to: step, within: '1d' })).toBe(0)
      expect(await one({ kind: 'conversion', of: 'user', from: step, to: { event: text }, within: '1d' })).toBe(0)
      expect(await one({ kind: 'retention', of: 'deep', from: { ...step, first: true }, to: step, after: 0 })).toBe(1)
      expect(await one({ kind: 'count', event: text }, { exclude: is({ exists: true }) })).toBe(0)
      expect(await one({ kind: 'count', event: '*', where: { any: [is({ gte: 1 }), is(text)] } })).toBe(1)
      const { ignored } = await query(store, treeOf(text, { kind: 'sum', event: text, property: text }), request, now)
      expect(ignored).toEqual({ string: 1 })
    })
  }

  it('and so may the value of a segment', async () => {
    for (const text of NASTY) {
      const tree = treeOf(text, { kind: 'count', event: text })
      const { segments } = await query(store, tree, { ...request, segment: 's' }, now)
      expect(Object.keys(segments ?? {})).toEqual([stored(text)])
      const bucketed = await query(store, tree, { ...request, segment: 'b' }, now)
      expect(Object.keys(bucketed.segments ?? {})).toEqual(['1-5'])
      expect((await explain(store, tree, { ...request, segment: 's' }, now)).sql).toHaveLength(2)
    }
  })

  it('and what is remembered of it holds until more of it comes', async () => {
    const own = await openStore('memory:')
    const name = 'lone \ud800 half'
    const tree = treeOf(name, { kind: 'count', event: name })
    for (const count of [1, 2]) {
      await own.insert([{ ...eventOf(name, 0), messageId: `more ${count}` }])
      expect((await query(own, tree, request, now)).points[0]?.value).toBe(count)
    }
    await own.close()
  })

  it('and so may the name of a journal', async () => {
    for (const text of NASTY.map(stored)) await store.insert([], { journal: text, position: text })
    for (const text of NASTY.map(stored)) expect(await store.position(text)).toBe(text)
  })
})
