import { describe, expect, it } from 'vitest'
import { parseWith } from '../problem.js'
import { batchSchema, LIMITS, messageSchema } from './message.js'

const at = Date.parse('2026-03-02T09:00:00Z')
const raw = (changes: object = {}) => ({ type: 'track', event: 'message_sent', userId: 'u1', ...changes })
const parse = (changes?: object) => messageSchema.parse(raw(changes))
const problems = (changes: object) => {
  const parsed = parseWith(messageSchema, raw(changes))
  return parsed.ok ? [] : parsed.problems
}

describe('a message', () => {
  it('needs somebody', () => {
    for (const nobody of [undefined, null, '', '  ']) {
      expect(problems({ userId: nobody, anonymousId: nobody })).toEqual([
        { path: 'userId', message: 'Say who it was: a "userId" or an "anonymousId" that is not empty.' },
      ])
    }
  })

  it('keeps what Segment’s libraries add', () => {
    expect(parse({ integrations: { All: true } })).toHaveProperty('integrations')
  })

  it.each(['Track', 'TRACK', 'track'])('of type "%s" is a track', (type) => {
    expect(parse({ type }).type).toBe('track')
  })

  it('of no known type is told the known ones', () => {
    expect(problems({ type: 'merge' })).toMatchObject([{ path: 'type', message: expect.stringContaining('track, ') }])
    expect(problems({ type: 5 })).toMatchObject([{ path: 'type' }])
    expect(parseWith(messageSchema, null)).toMatchObject({ ok: false })
  })
})

describe('an id', () => {
  it.each(['userId', 'anonymousId', 'messageId'] as const)('that is empty is none: %s', (key) => {
    const other = key === 'userId' ? 'anonymousId' : 'userId'
    for (const empty of [null, '', ' ']) {
      const message = parse({ userId: undefined, [other]: 'somebody', [key]: empty })
      expect([message[key], message[other]]).toEqual([undefined, 'somebody'])
    }
  })

  it('may be a number', () => {
    expect(parse({ userId: 0, messageId: 7, anonymousId: Number.MAX_SAFE_INTEGER })).toMatchObject({
      userId: '0',
      messageId: '7',
      anonymousId: '9007199254740991',
    })
  })

  it.each(['userId', 'anonymousId', 'messageId'])('too large for a JSON number is refused: %s', (key) => {
    const message = JSON.parse(`{"type":"track","event":"x","userId":"u","${key}":12345678901234567}`)
    expect(parseWith(messageSchema, message)).toEqual({
      ok: false,
      problems: [{ path: key, message: 'A JSON number this large loses digits; send the id as a string.' }],
    })
  })

  it('of a group too large for a JSON number is refused as well: two accounts would become one', () => {
    const groups = JSON.parse('{"team":12345678901234567}')
    expect(problems({ context: { groupId: groups.team } })).toMatchObject([{ path: 'context.groupId' }])
    expect(problems({ context: { groups } })).toMatchObject([{ path: 'context.groups.team' }])
    expect(problems({ context: { groupId: 42, groups: { team: 'a' } } })).toEqual([])
  })

  it('that is no id at all is refused', () => {
    const long = 'x'.repeat(LIMITS.idCharacters + 1)
    expect(problems({ userId: long })).toEqual([{ path: 'userId', message: 'An id has at most 200 characters.' }])
    for (const bad of [{}, [], true]) {
      expect(problems({ userId: bad })).toMatchObject([
        { path: 'userId', message: expect.stringMatching(/^Write an id/) },
      ])
    }
  })

  it('is needed by a group and an alias', () => {
    for (const empty of [undefined, null, '']) {
      expect(problems({ type: 'group', groupId: empty })).toMatchObject([{ path: 'groupId' }])
      expect(problems({ type: 'alias', previousId: empty })).toMatchObject([{ path: 'previousId' }])
    }
  })
})

describe('the properties, traits and context', () => {
  it.each([[null], [undefined], [[]], [{}]])('may be %j', (nothing) => {
    const { properties, context } = messageSchema.parse(raw({ properties: nothing, context: nothing })) as {
      properties?: object
      context?: object
    }
    expect([properties ?? {}, context ?? {}]).toEqual([{}, {}])
    expect(problems({ type: 'identify', traits: nothing })).toEqual([])
  })

  it.each([
    ['a list', ['a'], 'Write an object in { } here; a list has no names for its values.'],
    ['a string of JSON', '{"a":1}', 'Write an object in { } here, not a string.'],
    ['a number', 5, 'Write an object in { } here.'],
  ])('are refused as %s', (_what, value, message) => {
    expect(problems({ properties: value })).toEqual([{ path: 'properties', message }])
    expect(problems({ context: value })).toEqual([{ path: 'context', message }])
  })
})

describe('a time', () => {
  it('without a zone is UTC', () => {
    expect(parse({ timestamp: '2026-03-02 09:00:00' }).timestamp).toBe(at)
  })

  it.each([null, ''])('that is %j is none', (nothing) => {
    expect(parse({ timestamp: nothing, originalTimestamp: nothing, sentAt: nothing }).timestamp).toBeUndefined()
  })

  it.each(['timestamp', 'originalTimestamp'])('that cannot be read is refused, never replaced: %s', (key) => {
    expect(problems({ [key]: 'yesterday' })).toMatchObject([
      { path: key, message: expect.stringContaining('Cannot read "yesterday" as a time') },
    ])
    expect(problems({ [key]: {} })).toMatchObject([{ path: key, message: expect.stringMatching(/^Write a time/) }])
  })

  it('of sending that cannot be read just corrects no clock', () => {
    expect(parse({ sentAt: 'yesterday', timestamp: at })).toMatchObject({ sentAt: undefined, timestamp: at })
  })
})

describe('a page', () => {
  it('whose name or category cannot be read is kept without it', () => {
    expect(parse({ type: 'page', name: {}, category: [] })).toMatchObject({ name: undefined, category: undefined })
    expect(parse({ type: 'screen', name: 404 })).toMatchObject({ name: '404' })
  })
})

describe('a batch', () => {
  it.each([
    { sentAt: 'yesterday' },
    { sentAt: null },
    { context: [] },
    { context: 'web' },
    { writeKey: 5 },
    { messageId: {}, timestamp: 'x' },
  ])('is not refused for what stands beside its messages: %j', (beside) => {
    expect(parseWith(batchSchema, { batch: [1], ...beside })).toMatchObject({ ok: true, value: { batch: [1] } })
  })
})
