import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { openStore, report, type Store } from '@nsm/engine'
import { type Event, type MetricReport, messageSchema, parseTree, type Tree, toEvent } from '@nsm/schema'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const examples = fileURLToPath(new URL('../../examples', import.meta.url))
const FILES = [
  'trees/team-chat.json',
  'trees/homes-marketplace.json',
  'trees/audio.json',
  'script-tag/northstar.json',
  'git-history/northstar.json',
]
const START = Date.parse('2026-01-05T00:00:00Z')
const DAYS = 80
const EVENTS = 6_000
/** In the middle of a week, so that a running period is there, too. */
const NOW = START + DAYS * 86_400_000

describe.each(FILES)('examples/%s', (file) => {
  const parsed = parseTree(JSON.parse(readFileSync(`${examples}/${file}`, 'utf8')))
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  const tree = parsed.value
  let store: Store
  let metrics: Record<string, MetricReport>

  beforeAll(async () => {
    store = await openStore('memory:')
    await store.insert(someEvents(tree))
    metrics = (await report(store, tree, { now: NOW })).metrics
  })
  afterAll(() => store.close())

  test('every metric can be computed, and has a value in some week', () => {
    for (const [id, metric] of Object.entries(metrics)) {
      expect(metric, id).not.toHaveProperty('error')
      expect(
        metric.points.some(({ value }) => value !== null),
        id,
      ).toBe(true)
    }
    expect(Object.keys(metrics).sort()).toEqual(Object.keys(tree.metrics).sort())
  })

  test('every event and entity has a noun, so that no sentence calls one by its name', () => {
    for (const { id, sentence } of Object.values(metrics)) expect(sentence, id).not.toMatch(/” (event|entit)/)
  })

  test('every "formula" holds', () => {
    const claimed = Object.entries(tree.metrics).filter(([, { formula }]) => formula)
    for (const [id] of claimed) {
      const { residual, headline } = metrics[id] as MetricReport
      const scale = Math.abs(headline?.value ?? 1)
      expect(Math.abs(residual ?? Number.NaN), id).toBeLessThanOrEqual(1e-9 * Math.max(1, scale))
    }
  })
})

/** Events of every declared name, with every declared property, by a few people, teams and things. */
function someEvents(tree: Tree): Event[] {
  const random = sequence(7)
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T
  const texts = textsOf(tree)
  return Array.from({ length: EVENTS }, (_, i) => {
    const [name, { properties = {} }] = pick(Object.entries(tree.events))
    const time = new Date(START + random() * DAYS * 86_400_000).toISOString()
    const values = Object.entries(properties).map(([property, type]) => {
      if (type === 'number') return [property, Math.ceil(random() * 12)]
      if (type === 'boolean') return [property, random() < 0.3]
      return [property, /_id$/.test(property) ? `${property}-${Math.floor(random() * 60)}` : pick(texts)]
    })
    const message = messageSchema.parse({
      ...(name.startsWith('$') ? { type: name.slice(1) } : { type: 'track', event: name }),
      messageId: `e${i}`,
      userId: `u${Math.floor(random() ** 2 * 150)}`,
      timestamp: time,
      context: { groupId: `g${Math.floor(random() ** 2 * 40)}`, sessionId: `s${Math.floor(random() * 900)}` },
      properties: Object.fromEntries(values),
    })
    return toEvent(message, { receivedAt: Date.parse(time), messageId: `e${i}` })
  })
}

/** The texts that the tree's filters compare with, and one that none does. */
function textsOf(tree: Tree): string[] {
  const found = JSON.stringify(tree.metrics).match(/"(pro|enterprise|free|live|autoplay)"/g) ?? []
  return [...new Set(found.map((text) => text.slice(1, -1))), 'other']
}

/** Numbers from 0 to 1, the same in every run (mulberry32). */
function sequence(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}
