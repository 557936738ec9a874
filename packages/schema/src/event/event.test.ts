import { describe, expect, it } from 'vitest'
import { toEvent } from './event.js'
import { messageSchema } from './message.js'

const at = Date.parse('2026-03-02T09:00:00Z')
const HOUR = 3_600_000
const message = (changes: object = {}) =>
  messageSchema.parse({
    type: 'track',
    event: 'message_sent',
    userId: 'u1',
    timestamp: '2026-03-02T09:00:00Z',
    ...changes,
  })

describe('the time of an event', () => {
  it('is the sender’s, however late it comes', () => {
    expect(
      toEvent(message(), {
        receivedAt: at + 48 * HOUR,
        sentAt: at + 48 * HOUR,
        messageId: 'm',
      }).time,
    ).toBe(at)
  })

  it('is moved by what the sender’s clock is wrong by', () => {
    const event = toEvent(message(), {
      receivedAt: at + 24 * HOUR + 500,
      sentAt: at,
      messageId: 'm',
    })
    expect(event.time).toBe(at + 24 * HOUR + 500)
  })

  it('is left alone when the clocks differ by less than the network may take', () => {
    expect(
      toEvent(message(), {
        receivedAt: at + 20_000,
        sentAt: at,
        messageId: 'm',
      }).time,
    ).toBe(at)
  })

  it('is the receipt’s when it lies more than five minutes ahead', () => {
    expect(toEvent(message(), { receivedAt: at - 6 * 60_000, messageId: 'm' }).time).toBe(at - 6 * 60_000)
    expect(toEvent(message(), { receivedAt: at - 4 * 60_000, messageId: 'm' }).time).toBe(at)
  })

  it('is the receipt’s when the message has none', () => {
    expect(
      toEvent(message({ timestamp: undefined }), {
        receivedAt: at,
        messageId: 'm',
      }).time,
    ).toBe(at)
  })
})

describe('a sending that lies before the event', () => {
  it.each([
    ['the zero time of Go and .NET', Date.parse('0001-01-01T00:00:00Z')],
    ['another clock', at - 24 * HOUR],
  ])('was not told by the event’s clock, and moves nothing: %s', (_what, sentAt) => {
    expect(toEvent(message(), { receivedAt: at + HOUR, sentAt, messageId: 'm' }).time).toBe(at)
  })

  it('by less than the network may take still says how wrong the clock is', () => {
    const receipt = { receivedAt: at + HOUR, sentAt: at - 30_000, messageId: 'm' }
    expect(toEvent(message(), receipt).time).toBe(at + HOUR + 30_000)
  })
})

describe('the two times that a message may bring', () => {
  const hourSlow = { receivedAt: at + HOUR, sentAt: at, messageId: 'm' }
  const original = new Date(at).toISOString()

  it('mean the same when there is one: the sender’s, and its clock is put right', () => {
    expect(toEvent(message(), hourSlow).time).toBe(at + HOUR)
    expect(toEvent(message({ timestamp: null, originalTimestamp: original }), hourSlow).time).toBe(at + HOUR)
    expect(toEvent(message({ timestamp: original, originalTimestamp: original }), hourSlow).time).toBe(at + HOUR)
  })

  it('are one that was corrected and one that was not when they differ', () => {
    const corrected = new Date(at + HOUR - 7).toISOString()
    expect(toEvent(message({ timestamp: corrected, originalTimestamp: original }), hourSlow).time).toBe(at + HOUR - 7)
  })
})

describe('the properties of an event', () => {
  const receipt = { receivedAt: at, messageId: 'm' }
  const of = (changes: object) => toEvent(message(changes), receipt).properties

  it('are the traits of an identify, wherever its library puts them', () => {
    const context = { traits: { plan: 'pro' } }
    expect(of({ type: 'identify', traits: { plan: 'free' }, context })).toEqual({ plan: 'free' })
    expect(of({ type: 'identify', context })).toEqual({ plan: 'pro' })
    expect(of({ type: 'identify', context: { traits: [] } })).toEqual({})
  })

  it('are never the person’s traits where a group is described', () => {
    expect(of({ type: 'group', groupId: 'g', context: { traits: { plan: 'pro' } } })).toEqual({})
  })

  it('are the name and the category of a page as well', () => {
    expect(of({ type: 'page', name: 'Home', category: 'Docs', properties: { path: '/' } })).toEqual({
      name: 'Home',
      category: 'Docs',
      path: '/',
    })
  })
})
