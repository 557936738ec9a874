import { setImmediate } from 'node:timers/promises'
import fastify, { type FastifyInstance } from 'fastify'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type EventStream, startEventStream } from './server-sent-events.js'

let app: FastifyInstance
let stream: EventStream
let closed: number

beforeEach(() => {
  closed = 0
  app = fastify()
  app.get('/', (_request, reply) => {
    reply.header('x-own', 'yes')
    stream = startEventStream(reply)
    stream.onClose(() => closed++)
  })
})
afterEach(async () => {
  vi.useRealTimers()
  await app.close()
})

async function open() {
  const answer = await app.inject({ url: '/', payloadAsStream: true })
  let text = ''
  answer.stream().on('data', (chunk) => {
    text += chunk
  })
  // Reset by the test.
  answer.stream().on('error', () => {})
  await setImmediate()
  return { answer, read: () => text }
}

it('a stream has its type and the headers set before, and begins at once', async () => {
  const { answer, read } = await open()
  expect(answer.headers).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-own': 'yes',
  })
  expect(read()).toBe(': here\n\n')
})

it('an event has a name, its data, and an id where it is given one', async () => {
  const { read } = await open()
  stream.send([
    { event: 'report', id: '"a1"', data: '{"schema":1}' },
    { event: 'event', data: '{}' },
  ])
  await setImmediate()
  expect(read()).toBe(': here\n\nevent: report\nid: "a1"\ndata: {"schema":1}\n\nevent: event\ndata: {}\n\n')
})

it('a quiet stream is kept open by comments until it ends', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const { read } = await open()
  vi.advanceTimersByTime(30_000)
  await setImmediate()
  expect(read()).toBe(': here\n\n'.repeat(3))
  expect(vi.getTimerCount()).toBe(1)
  stream.cutOff()
  await setImmediate()
  expect([closed, vi.getTimerCount()]).toEqual([1, 0])
})

it('what comes after the end goes nowhere, and who asks then is told at once', async () => {
  const { read } = await open()
  stream.cutOff()
  stream.send([{ event: 'event', data: '{}' }])
  await setImmediate()
  stream.send([{ event: 'event', data: '{}' }])
  stream.onClose(() => closed++)
  await setImmediate()
  expect([read(), closed]).toEqual([': here\n\n', 2])
})

it('a client that left before its stream began leaves nothing behind', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  app.get('/late', async (_request, reply) => {
    reply.raw.destroy()
    await setImmediate()
    startEventStream(reply).onClose(() => closed++)
  })
  await expect(app.inject('/late')).rejects.toThrow()
  await vi.waitFor(() => expect(closed).toBe(1))
  expect(vi.getTimerCount()).toBe(0)
})

it('a HEAD gets the headers and nothing else', async () => {
  const answer = await app.inject({ method: 'HEAD', url: '/' })
  expect([answer.statusCode, answer.headers['content-type'], answer.body]).toEqual([
    200,
    'text/event-stream; charset=utf-8',
    '',
  ])
  expect(closed).toBe(1)
})
