import { describe, expect, it } from 'vitest'
import { parseTree } from './parse.js'
import type { TreeInput } from './tree.js'

const tree = (changes: object = {}): unknown => ({
  version: 1,
  product: 'Team chat',
  calendar: { timezone: 'UTC' },
  events: { message_sent: { value: true } },
  northStar: ['messages'],
  metrics: {
    messages: {
      title: 'Messages',
      definition: { kind: 'count', event: 'message_sent' },
    },
  },
  ...changes,
})

const metrics = (definition: unknown, more: object = {}): object => ({
  metrics: { messages: { title: 'Messages', definition, ...more } },
})

const problems = (input: unknown) => {
  const result = parseTree(input)
  return result.ok ? [] : result.problems
}

describe('a metric tree', () => {
  it('is read with its defaults filled in', () => {
    const result = parseTree(tree())
    expect(result.ok && result.value.calendar).toEqual({
      timezone: 'UTC',
      weekStart: 'monday',
      grain: 'week',
      late: '3d',
    })
    expect(result.ok && result.value.metrics.messages?.direction).toBe('up')
  })

  it('has one north star or two, and three are refused with the reason', () => {
    expect(problems(tree({ northStar: ['messages', 'messages', 'messages'] }))).toEqual([
      {
        path: 'northStar',
        message: expect.stringContaining('with three nobody knows which one wins'),
      },
    ])
  })

  it.each<[string, object, string, string]>([
    ['an unknown key', { calender: {} }, '', 'Unknown key "calender"'],
    ['an unknown metric', { northStar: ['nights'] }, 'northStar[0]', 'No metric "nights"'],
    ['an unknown guardrail', { guardrails: ['spam'] }, 'guardrails[0]', 'No metric "spam"'],
    [
      'an unknown event',
      metrics({ kind: 'count', event: 'sent' }),
      'metrics.messages.definition.event',
      'No event "sent"',
    ],
    [
      'an unknown kind',
      metrics({ kind: 'cuont', event: 'message_sent' }),
      'metrics.messages.definition.kind',
      'The kind of a definition is one of count, sum',
    ],
    ['a definition that is none', metrics('count'), 'metrics.messages.definition', 'expected object'],
    [
      'an unknown entity',
      metrics({ kind: 'unique', of: 'team', event: 'message_sent' }),
      'metrics.messages.definition.of',
      'No entity "team"',
    ],
    ['a derived metric without arithmetic', metrics({ kind: 'derived' }), 'metrics.messages', 'computed from "equals"'],
    [
      'a metric that is part of itself',
      metrics({ kind: 'count', event: 'message_sent' }, { equals: { sum: ['messages'] } }),
      'metrics.messages',
      'messages → messages',
    ],
    [
      'a count per entity that names no entity',
      metrics({
        kind: 'count',
        event: 'message_sent',
        having: { count: { gte: 2 } },
      }),
      'metrics.messages.definition.having',
      'with "by"',
    ],
    [
      'a filter with a wrong operand',
      metrics({
        kind: 'count',
        event: 'message_sent',
        where: { any: [{ size: { gte: 'big' } }] },
      }),
      'metrics.messages.definition.where.any[0].size.gte',
      'expected number',
    ],
    ['a zone nobody knows', { calendar: { timezone: 'Mars/Olympus' } }, 'calendar.timezone', 'Not an IANA time zone'],
    [
      'a candidate with too few scores',
      {
        decision: {
          criteria: ['value', 'clarity'],
          candidates: [{ name: 'Messages', scores: [5] }],
        },
      },
      'decision.candidates[0].scores',
      'One score for each of the 2 criteria',
    ],
  ])('refuses %s with its path and a sentence', (_, change, path, sentence) => {
    expect(problems(tree(change))).toContainEqual({
      path,
      message: expect.stringContaining(sentence),
    })
  })

  it('takes event and property names of any kind', () => {
    const input = tree({
      events: { 'sign `up"\' 🎉': {} },
      ...metrics({
        kind: 'count',
        event: 'sign `up"\' 🎉',
        where: { 'a.b': { not: [1, 'x'] }, any: [{ any: 'x' }] },
      }),
    })
    expect(problems(input)).toEqual([])
  })
})

it('types a tree as it is written, without the defaults', () => {
  const written: TreeInput = {
    version: 1,
    product: 'x',
    calendar: { timezone: 'UTC' },
    events: {},
    northStar: ['a'],
    metrics: { a: { title: 'A', definition: { kind: 'count', event: '*' } } },
  }
  expect(problems(written)).toEqual([])
})
