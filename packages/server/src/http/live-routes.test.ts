import { once } from 'node:events'
import fastify, { type FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { EventTail } from '../collect/event-tail.js'
import { Rejections } from '../collect/rejections.js'
import type { Collector } from '../collect/routes.js'
import { liveRoutes } from './live-routes.js'

let app: FastifyInstance
let eventTail: EventTail
let rejections: Rejections

beforeEach(() => {
  eventTail = new EventTail(3)
  rejections = new Rejections()
  app = fastify()
  liveRoutes(app, { eventTail, rejections } as Collector)
})
afterEach(() => app.close())

const line = (name: string) => JSON.stringify({ name })

async function openStream() {
  const headers = { accept: 'text/event-stream' }
  const answer = await app.inject({ url: '/live', headers, payloadAsStream: true })
  const stream = answer.stream().on('error', () => {})
  let text = ''
  stream.on('data', (chunk) => {
    text += chunk
  })
  /** Everything up to and with the event of this name. */
  const readUntil = async (name: string) => {
    while (!text.includes(`${line(name)}\n\n`)) await once(stream, 'data')
    return text
  }
  return { stream, readUntil }
}

describe('/live', () => {
  it('has the latest events, the oldest first', async () => {
    eventTail.add(['a', 'b'].map(line))
    eventTail.add(['c', 'd'].map(line))
    const answer = await app.inject('/live')
    expect(answer.headers['cache-control']).toBe('no-store')
    expect(answer.json()).toEqual({ events: [{ name: 'b' }, { name: 'c' }, { name: 'd' }] })
  })

  it('is empty before the first one', async () => {
    expect((await app.inject('/live')).json()).toEqual({ events: [] })
  })

  it('as a stream has the latest, then each as it comes', async () => {
    eventTail.add([line('a')])
    const { readUntil } = await openStream()
    await readUntil('a')
    eventTail.add([line('b')])
    eventTail.add([line('c')])
    const text = await readUntil('c')
    expect(
      [...text.matchAll(/^event: event\ndata: (.*)\n$/gm)].map(([, data]) => JSON.parse(String(data)).name),
    ).toEqual(['a', 'b', 'c'])
  })

  it('as a stream ends when the service closes, which it would never do by itself', async () => {
    const { stream } = await openStream()
    const closed = new Promise((resolve) => stream.once('close', resolve))
    await app.close()
    await closed
    expect(stream.readableEnded).toBe(false)
  })
})

describe('/rejected', () => {
  it('has what was rejected, grouped, the latest group first', async () => {
    const rejection = { i: 0, status: 400, message: 'No.' } as const
    rejections.add({ ...rejection, code: 'too_old', path: 'timestamp' }, { event: 'a' }, 1)
    rejections.add({ ...rejection, code: 'invalid_message' }, { event: '' }, 2)
    rejections.add({ ...rejection, code: 'too_old', path: 'timestamp' }, { event: 'b' }, 3)
    const answer = await app.inject('/rejected')
    expect(answer.headers['cache-control']).toBe('no-store')
    expect(answer.json()).toEqual({
      total: 3,
      groups: [
        { code: 'too_old', path: 'timestamp', message: 'No.', count: 2, first: 1, last: 3, sample: { event: 'b' } },
        { code: 'invalid_message', path: null, message: 'No.', count: 1, first: 2, last: 2, sample: { event: '' } },
      ],
    })
  })
})
