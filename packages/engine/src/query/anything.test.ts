import { type Event, parseTree } from '@nsm/schema'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore, type Store } from '../store/index.js'
import { explain, query } from './index.js'

const at = Date.parse('2026-03-02T12:00:00Z')
const now = at + 86_400_000

/** What an SQL dialect, a template or a path might trip over. */
const NASTY = [
  `it's`,
  `"double"`,
  '`tick`',
  'a.b',
  'back\\slash',
  `\\'; DROP TABLE events; --`,
  '{x:String} %s ?',
  '/* comment',
  '-- comment',
  '😀 é 漢',
  'nul\0byte',
  'line\nbreak\ttab',
  '%2E',
  '%',
  ' ',
  'constructor',
  'any',
  '.',
  'n'.repeat(10_000),
  `${'`'.repeat(150)}.`,
]

let store: Store
beforeAll(async () => {
  store = await openStore('memory:')
  await store.insert(
    NASTY.flatMap((text, i): Event[] => [
      {
        messageId: `m${i}`,
        type: 'track',
        name: text,
        time: at,
        receivedAt: at,
        userId: text.slice(0, 200),
        anonymousId: '',
        otherId: '',
        properties: Object.fromEntries([
          [text, text],
          ['number', 1],
        ]),
        context: { groups: { [text]: text, team: text.slice(0, 200) } },
      },
    ]),
  )
})
afterAll(() => store.close())

function treeOf(text: string, definition: object) {
  const tree = parseTree({
    version: 1,
    product: text,
    calendar: { timezone: 'UTC' },
    entities: { team: {} },
    events: Object.fromEntries([[text, {}]]),
    segments: { s: { property: text } },
    northStar: ['m'],
    metrics: { m: { title: text, definition } },
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
      const one = async (definition: object) => {
        const { points } = await query(store, treeOf(text, definition), request, now)
        return points[0]?.value
      }
      expect(await one({ kind: 'count', event: text, where: is(text) })).toBe(1)
      expect(await one({ kind: 'count', event: '*', where: is([text, 'other']) })).toBe(1)
      expect(await one({ kind: 'count', event: '*', where: is({ contains: text }) })).toBe(1)
      expect(await one({ kind: 'count', event: '*', where: is({ not: text }) })).toBe(NASTY.length - 1)
      expect(await one({ kind: 'count', event: '*', where: is({ exists: true }) })).toBe(1)
      expect(
        await one({ kind: 'unique', of: 'team', event: text, having: { unique: { property: text, gte: 1 } } }),
      ).toBe(1)
      const { ignored } = await query(store, treeOf(text, { kind: 'sum', event: text, property: text }), request, now)
      expect(ignored).toEqual({ string: 1 })
    })
  }

  it('and so may the value of a segment', async () => {
    for (const text of NASTY) {
      const tree = treeOf(text, { kind: 'count', event: text })
      const { segments } = await query(store, tree, { ...request, segment: 's' }, now)
      expect(Object.keys(segments ?? {})).toEqual([text])
      expect((await explain(store, tree, { ...request, segment: 's' }, now)).sql).toHaveLength(2)
    }
  })
})
