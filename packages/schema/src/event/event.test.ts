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

describe('a message', () => {
  it('needs somebody', () => {
    const result = messageSchema.safeParse({ type: 'track', event: 'x' })
    expect(result.error?.issues[0]).toMatchObject({
      path: ['userId'],
      message: expect.stringContaining('anonymousId'),
    })
  })

  it('keeps what Segment’s libraries add', () => {
    expect(message({ integrations: { All: true } })).toHaveProperty('integrations')
  })

  it('takes numbers as ids', () => {
    expect(message({ userId: 42 }).userId).toBe('42')
  })
})
