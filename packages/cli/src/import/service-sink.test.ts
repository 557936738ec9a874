import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { createGunzip } from 'node:zlib'
import { messageSchema } from '@nsm/schema'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Position } from './position.js'
import { serviceSink } from './service-sink.js'
import type { Arrival } from './sink.js'

// Retries wait; tests don't have to.
const pauses: number[] = []
vi.mock('node:timers/promises', () => ({
  setTimeout: async (ms: number) => {
    pauses.push(ms)
  },
}))

interface Asked {
  path: string | undefined
  key: string | undefined
  lines: { messageId: string }[]
}
interface Answer {
  status: number
  body: object
  headers?: Record<string, string>
}
const servers: Server[] = []

/** A service that gives these responses in order and then repeats the last. */
async function service(...answers: [Answer, ...Answer[]]) {
  const asked: Asked[] = []
  const server = createServer(async (request, response) => {
    const body = await text(request.pipe(createGunzip()))
    const lines = body.trim().split('\n')
    asked.push({ path: request.url, key: request.headers.authorization, lines: lines.map((line) => JSON.parse(line)) })
    const { status, body: answer, headers } = answers[Math.min(asked.length, answers.length) - 1] as Answer
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(answer))
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}
afterEach(() => {
  pauses.length = 0
  for (const server of servers.splice(0)) server.close()
})

const arrivals = (n: number): Arrival[] =>
  Array.from({ length: n }, (_, i) => ({
    line: i + 1,
    id: `row-${i}`,
    text: '',
    message: messageSchema.parse({ type: 'track', event: 'sent', userId: 'u', timestamp: '2026-03-02T09:00:00Z' }),
  }))
const taken: Answer = { status: 200, body: { success: true, results: [] } }
const busy: Answer = { status: 503, body: { message: 'Come again.' }, headers: { 'retry-after': '7' } }
const position = {} as Position

describe('an import into a service', () => {
  it('sends JSON lines with their ids and the secret key', async () => {
    const { asked, url } = await service(taken)
    expect(await serviceSink({ url: `${url}/nsm`, key: 'sk_1' }).write(arrivals(2), '', position)).toEqual(new Map())
    expect(asked).toMatchObject([
      { path: '/nsm/v1/import', key: 'Bearer sk_1', lines: [{ messageId: 'row-0' }, { messageId: 'row-1' }] },
    ])
  })

  it('sends times that the service reads unchanged, however old they are', async () => {
    const { asked, url } = await service(taken)
    const times = { timestamp: '1970-01-05T00:00:00Z', receivedAt: '1970-01-06 00:00:00 +0100' }
    const message = messageSchema.parse({ type: 'track', event: 'sent', userId: 'u', ...times })
    await serviceSink({ url, key: undefined }).write([{ line: 1, id: 'old', text: '', message }], '', position)
    expect(messageSchema.parse(asked[0]?.lines[0])).toEqual({ ...message, messageId: 'old' })
  })

  it('returns rejections by input line, across several requests', async () => {
    const rejecting: Answer = {
      status: 200,
      body: { results: [{ i: 4, code: 'too_deep', message: 'No.', path: 'x' }] },
    }
    const { asked, url } = await service(taken, rejecting)
    const rejected = await serviceSink({ url, key: undefined }).write(arrivals(10_005), '', position)
    expect([...rejected]).toEqual([[10_005, { code: 'too_deep', message: 'No.', path: 'x' }]])
    expect(asked.map(({ lines }) => lines.length)).toEqual([10_000, 5])
  })

  it('waits at least as long as Retry-After before it tries again', async () => {
    const { asked, url } = await service(busy, busy, taken)
    await serviceSink({ url, key: undefined }).write(arrivals(1), '', position)
    expect(asked).toHaveLength(3)
    expect(pauses).toEqual([7000, 7000])
  })

  it('gives up after several tries, with the service’s message', async () => {
    const { asked, url } = await service(busy)
    await expect(serviceSink({ url, key: undefined }).write(arrivals(1), '', position)).rejects.toThrow('Come again.')
    expect(asked).toHaveLength(6)
  })

  it('does not retry a wrong key', async () => {
    const { asked, url } = await service({ status: 401, body: { message: 'The key is not one of this service.' } })
    await expect(serviceSink({ url, key: 'x' }).write(arrivals(1), '', position)).rejects.toThrow(
      'The key is not one of this service. Set a valid key with --key (or NSM_SECRET_KEY).',
    )
    expect(asked).toHaveLength(1)
  })

  it('waits for a service to restart, and reports if none does', async () => {
    const { url } = await service(taken)
    const server = servers.pop() as Server
    await new Promise((resolve) => server.close(resolve))
    await expect(serviceSink({ url, key: undefined }).write(arrivals(1), '', position)).rejects.toThrow(
      'No service is responding',
    )
    expect(pauses).toEqual([500, 1000, 2000, 4000, 8000])
  })
})
