import { readdirSync, readFileSync } from 'node:fs'
import { openStore, query, type Store } from '@nsm/engine'
import { parseTree, type QueryResult, type Tree } from '@nsm/schema'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { evaluate } from './evaluate.js'
import { audio } from './examples/audio.js'
import type { Example } from './examples/example.js'
import { homesMarketplace } from './examples/homes-marketplace.js'
import { teamChat } from './examples/team-chat.js'

const root = new URL('../../', import.meta.url)
const EXAMPLES: Example[] = [teamChat, homesMarketplace, audio]
const NOW = Date.parse('2026-06-08T00:00:00Z')
const DAY = 24 * 3_600_000

it('every tree of examples/trees is here', () => {
  const trees = readdirSync(new URL('examples/trees/', root)).filter((name) => name.endsWith('.json'))
  expect(EXAMPLES.map(({ tree }) => tree).sort()).toEqual(trees.map((name) => `examples/trees/${name}`).sort())
})

for (const { tree: path, from, to, events, expected } of EXAMPLES) {
  describe(path, () => {
    const tree = readTree(path)
    // Every event is delivered twice, as a retry would.
    const received = [...events, ...events.map((event) => ({ ...event, receivedAt: event.receivedAt + DAY }))]
    let store: Store

    beforeAll(async () => {
      store = await openStore('memory:')
      await store.insert(received)
    })
    afterAll(() => store.close())

    it('every metric is expected to be something', () => {
      expect(Object.keys(expected).sort()).toEqual(Object.keys(tree.metrics).sort())
    })

    it.each(Object.entries(expected))('%s', async (metric, values) => {
      const request = { metric, grain: 'week', from, to } as const
      close(await query(store, tree, request, NOW), values)
      close(evaluate(tree, received, request, NOW), values)
    })
  })
}

function readTree(path: string): Tree {
  const tree = parseTree(JSON.parse(readFileSync(new URL(path, root), 'utf8')))
  if (!tree.ok) throw new Error(JSON.stringify(tree.problems))
  return tree.value
}

function close({ points }: QueryResult, expected: (number | null)[]): void {
  expect(points.map(({ value }) => (value === null ? null : Number(value.toPrecision(10))))).toEqual(
    expected.map((value) => (value === null ? null : Number(value.toPrecision(10)))),
  )
}
