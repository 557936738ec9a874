import { parseTree } from '@nsm/schema'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compileTree } from '../metrics/compile-tree.js'
import { report } from '../report/index.js'
import { openStore, type Store } from '../store/index.js'
import { explain, query } from './index.js'

const parsed = parseTree({
  version: 1,
  product: 'Team chat',
  calendar: { timezone: 'UTC' },
  events: { sent: {} },
  segments: { plan: { property: 'plan' } },
  northStar: ['messages'],
  metrics: { messages: { title: 'Messages', definition: { kind: 'count', event: 'sent' } } },
})
if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
const tree = parsed.value
const now = Date.UTC(2026, 2, 4)
const request = { metric: 'messages', grain: 'week', from: '2026-03-02', to: '2026-03-02' } as const

let store: Store
beforeAll(async () => {
  store = await openStore('memory:')
})
afterAll(() => store.close())

describe('an unknown name gets the same answer, whoever is asked', () => {
  test.each(['nope', 'constructor'])('metric %s', async (metric) => {
    const message = `This tree has no metric "${metric}". Known: messages.`
    const refusal = expect.objectContaining({ code: 'unknown_metric', path: 'metric', message })
    await expect(query(store, tree, { ...request, metric }, now)).rejects.toEqual(refusal)
    await expect(explain(store, tree, { ...request, metric }, now)).rejects.toEqual(refusal)
    await expect(report(store, tree, { now, metric })).rejects.toEqual(refusal)
    expect(() => compileTree(tree).metric(metric)).toThrow(refusal)
  })

  test.each(['nope', 'constructor'])('segment %s', async (segment) => {
    const message = `This tree has no segment "${segment}". Known: plan.`
    const refusal = expect.objectContaining({ code: 'unknown_segment', path: 'segment', message })
    await expect(query(store, tree, { ...request, segment }, now)).rejects.toEqual(refusal)
    await expect(explain(store, tree, { ...request, segment }, now)).rejects.toEqual(refusal)
    await expect(report(store, tree, { now, segment })).rejects.toEqual(refusal)
  })
})
