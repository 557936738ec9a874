import { parseTree, type Tree, type TreeInput } from '@nsm/schema'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileTree } from './compile-tree.js'
import { canonicalJSON } from './hash.js'

const base = {
  version: 1,
  product: 'Team chat',
  calendar: { timezone: 'UTC' },
  entities: { team: { id: 'context.groupId' } },
  events: { sent: {} },
  northStar: ['teams'],
  metrics: {
    teams: { title: 'Teams', definition: { kind: 'unique', of: 'team', event: 'sent', where: { a: 1, b: 2 } } },
    messages: { title: 'Messages', definition: { kind: 'count', event: 'sent' } },
    each: { title: 'Each', definition: { kind: 'ratio', numerator: 'messages', denominator: 'teams' } },
    product: { title: 'Product', definition: { kind: 'derived' }, formula: { product: ['teams', 'each'] } },
  },
} satisfies TreeInput

function tree(change: (input: typeof base) => void = () => {}): Tree {
  const input = structuredClone(base)
  change(input)
  const parsed = parseTree(input)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.value
}

const hash = (id: string, change?: (input: typeof base) => void) => compileTree(tree(change)).metric(id).hash

test('words about a metric do not change its hash', () => {
  const said = hash('teams', (input) => {
    input.metrics.teams.title = 'Other'
    Object.assign(input.metrics.teams, {
      owner: '@ana',
      unit: 'teams',
      direction: 'down',
      formula: { sum: ['messages'] },
    })
    Object.assign(input, { product: 'Other' })
  })
  expect(said).toBe(hash('teams'))
  expect(said).toMatch(/^[0-9a-f]{64}$/)
})

test('a default that is written out changes nothing', () => {
  expect(
    hash('teams', (input) => void Object.assign(input.calendar, { weekStart: 'monday', allowedLateness: '3d' })),
  ).toBe(hash('teams'))
})

test('a term of a sum weighs 1, written out or not', () => {
  const added = (sum: TreeInput['metrics'][string]['formula']) =>
    hash('product', (input) => void Object.assign(input.metrics.product, { formula: sum }))
  expect(added({ sum: ['teams', ['messages', 1]] })).toBe(added({ sum: [['teams', 1], 'messages'] }))
  expect(added({ sum: ['teams', ['messages', 2]] })).not.toBe(added({ sum: ['teams', 'messages'] }))
})

test('whatever moves the numbers changes it', () => {
  const changes: ((input: typeof base) => void)[] = [
    (input) => void Object.assign(input.metrics.teams.definition.where, { a: 3 }),
    (input) => void Object.assign(input.calendar, { timezone: 'Asia/Tokyo' }),
    (input) => void Object.assign(input, { exclude: { internal: true } }),
    (input) => void Object.assign(input.entities.team, { id: 'context.groups.team' }),
  ]
  const hashes = changes.flatMap((change) => [hash('teams', change), hash('each', change), hash('product', change)])
  expect(new Set([...hashes, hash('teams'), hash('each'), hash('product')]).size).toBe(hashes.length + 3)
})

test('a definition that is referred to counts, another does not', () => {
  const change = (input: typeof base) =>
    void Object.assign(input.metrics.messages.definition, { where: { bot: false } })
  expect(hash('each', change)).not.toBe(hash('each'))
  expect(hash('product', change)).not.toBe(hash('product'))
  expect(hash('teams', change)).toBe(hash('teams'))
})

test('the order of keys does not matter', () => {
  const reversed = (value: unknown): unknown =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value)
            .reverse()
            .map(([key, inner]) => [key, reversed(inner)]),
        )
      : value
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(canonicalJSON(reversed(value))).toBe(canonicalJSON(value))
    }),
  )
})
