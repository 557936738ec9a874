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
      allowedLateness: '3d',
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
    ['what is missing', { calendar: undefined }, 'calendar', 'This is missing; write an object in { }.'],
    ['what is something else', { product: 7 }, 'product', 'Write a string here.'],
    ['an unknown value', { version: 2 }, 'version', 'This release reads version 1.'],
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
    [
      'a definition that is not an object',
      metrics('count'),
      'metrics.messages.definition',
      'Write an object in { } here.',
    ],
    [
      'an unknown entity',
      metrics({ kind: 'unique', of: 'team', event: 'message_sent' }),
      'metrics.messages.definition.of',
      'No entity "team"',
    ],
    [
      'a derived metric without arithmetic',
      metrics({ kind: 'derived' }),
      'metrics.messages',
      'computed from "formula"',
    ],
    [
      'a metric that is part of itself',
      metrics({ kind: 'count', event: 'message_sent' }, { formula: { sum: ['messages'] } }),
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
      'Write a number here.',
    ],
    [
      'a review every few hours',
      { review: { adopted: '2026-01-05', every: '36h' } },
      'review.every',
      'Write this duration in days, weeks or months',
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

it('takes a noun as one text or as a form for each plural category', () => {
  const counted = { title: 'Lekcje', definition: { kind: 'count', event: 'lesson_finished' } }
  const named = (noun: unknown, label: unknown = noun, unit: unknown = noun) =>
    tree({
      entities: { pupil: { label } },
      events: { lesson_finished: { noun } },
      northStar: ['lessons'],
      metrics: { lessons: { ...counted, unit } },
    })
  expect(problems(named('lessons'))).toEqual([])
  expect(problems(named({ one: 'lesson', other: 'lessons' }))).toEqual([])
  expect(problems(named({ one: 'lekcja', few: 'lekcje', many: 'lekcji', other: 'lekcji' }))).toEqual([])
  expect(problems(named({ one: 'lesson' }))).toEqual([
    { path: 'entities.pupil.label.other', message: 'This is missing; write a string.' },
    { path: 'events.lesson_finished.noun.other', message: 'This is missing; write a string.' },
    { path: 'metrics.lessons.unit.other', message: 'This is missing; write a string.' },
  ])
  expect(problems(named({ singular: 'lesson', other: 'lessons' }, 'pupils', 'lessons'))).toEqual([
    {
      path: 'events.lesson_finished.noun',
      message: expect.stringContaining('known here: zero, one, two, few, many, other'),
    },
  ])
  expect(problems(named('lessons', 7, 'currency:usd'))).toEqual([
    { path: 'entities.pupil.label', message: expect.stringContaining('{"one": "lesson", "other": "lessons"}') },
    { path: 'metrics.lessons.unit', message: 'Write a currency as currency:USD.' },
  ])
})

it('reads the terms of a sum as ids with weights, whichever way they are written', () => {
  const sum = ['messages', ['replies', 2]]
  const counted = { title: 'Messages', definition: { kind: 'count', event: 'message_sent' } }
  const derived = { title: 'All', definition: { kind: 'derived' }, formula: { sum } }
  const result = parseTree(tree({ metrics: { messages: counted, replies: counted, all: derived } }))
  const terms = [
    ['messages', 1],
    ['replies', 2],
  ]
  expect(result.ok && result.value.metrics['all']?.formula).toEqual({ sum: terms })
  expect(parseTree(result.ok && result.value)).toEqual(result)
  expect(
    problems(tree({ metrics: { messages: { ...counted, formula: { sum: ['nights', ['Nights!', 1]] } } } })),
  ).toEqual([{ path: 'metrics.messages.formula.sum[1][0]', message: expect.stringContaining('Ids are lower case') }])
  expect(problems(tree({ metrics: { messages: { ...counted, formula: { sum: [['nights', 2]] } } } }))).toEqual([
    { path: 'metrics.messages.formula.sum[0]', message: expect.stringContaining('No metric "nights"') },
  ])
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

describe('a name that JavaScript keeps for itself', () => {
  const proto = (inner: unknown) => JSON.parse(`{"__proto__": ${JSON.stringify(inner)}}`)

  it.each<[string, object, string]>([
    [
      'in a filter',
      metrics({ kind: 'count', event: 'message_sent', where: proto('x') }),
      'metrics.messages.definition.where.__proto__',
    ],
    [
      'in one of several filters',
      metrics({ kind: 'count', event: 'message_sent', where: { any: [proto({ not: 1 })] } }),
      'metrics.messages.definition.where.any[0].__proto__',
    ],
    ['in what is left out', { exclude: proto(true) }, 'exclude.__proto__'],
    ['of an event', { events: { message_sent: {}, ...proto({}) } }, 'events.__proto__'],
    ['of a metric', { metrics: proto({}) }, 'metrics.__proto__'],
    ['of a segment', { segments: proto({ property: 'plan' }) }, 'segments.__proto__'],
    ['of a segment’s property', { segments: { s: { property: '__proto__' } } }, 'segments.s.property'],
    [
      'of a summed property',
      metrics({ kind: 'sum', event: 'message_sent', property: '__proto__' }),
      'metrics.messages.definition.property',
    ],
  ])('is refused %s', (_, changes, path) => {
    expect(problems(tree(changes))).toEqual([{ path, message: expect.stringContaining('by another name') }])
  })

  it('is no name that objects merely have, such as "constructor"', () => {
    const changes = {
      events: { constructor: {}, toString: {} },
      entities: { constructor: {} },
      segments: { constructor: { property: 'constructor' } },
      northStar: ['constructor'],
      metrics: {
        constructor: {
          title: 'x',
          definition: { kind: 'unique', of: 'constructor', event: 'constructor', where: { constructor: 'x' } },
        },
      },
    }
    expect(problems(tree(changes))).toEqual([])
    expect(problems(tree({ northStar: ['constructor'] }))).toHaveLength(1)
    expect(problems(tree(metrics({ kind: 'unique', of: 'constructor', event: 'message_sent' })))).toHaveLength(1)
    expect(problems(tree(metrics({ kind: 'count', event: 'toString' })))).toHaveLength(1)
  })
})
