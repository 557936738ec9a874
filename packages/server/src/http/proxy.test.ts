import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import fastify, { type FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { handleErrors } from './error-handler.js'
import { createProxy, type ReaderProxy } from './proxy.js'

/** ms; no test waits this long. */
const NEVER = 2 ** 31 - 1

let folder: string
let server: Server
let app: FastifyInstance
let proxy: ReaderProxy
let reader: { ready: boolean; onDown(listener: () => void): void }
let answer: RequestListener
let down: () => void

async function start(answerMs = NEVER): Promise<void> {
  app = fastify()
  handleErrors(app)
  proxy = createProxy(join(folder, 'reader.sock'), reader, answerMs)
  app.get('/v1/report', proxy.passOn)
  await app.ready()
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nsm-proxy-'))
  server = createServer((request, response) => answer(request, response)).listen(join(folder, 'reader.sock'))
  await once(server, 'listening')
  const listeners: (() => void)[] = []
  down = () => {
    for (const listener of listeners) listener()
  }
  reader = { ready: true, onDown: (listener) => listeners.push(listener) }
})
afterEach(async () => {
  await app.close()
  server.closeAllConnections()
  server.close()
  await rm(folder, { recursive: true })
})

const ask = (headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') =>
  app.inject({ method, url: '/v1/report?metric=m', headers })

describe('a question to the reader', () => {
  it('is answered by it, with the headers that are for the client', async () => {
    answer = (_request, response) =>
      response
        .writeHead(200, { etag: '"1"', 'content-type': 'application/json', 'cache-control': 'no-cache', 'x-own': 'no' })
        .end('{}')
    await start()
    const { statusCode, headers, body } = await ask()
    expect([statusCode, body]).toEqual([200, '{}'])
    expect(headers).toMatchObject({ etag: '"1"', 'content-type': 'application/json', 'cache-control': 'no-cache' })
    expect(headers).not.toHaveProperty('x-own')
  })

  it('takes along its address and what the answer depends on; the key stays here', async () => {
    let asked: IncomingMessage | undefined
    answer = (request, response) => {
      asked = request
      response.writeHead(304).end()
    }
    await start()
    const { statusCode } = await ask({ authorization: 'Bearer rt_dev', 'if-none-match': '"1"', accept: '*/*' })
    expect(statusCode).toBe(304)
    expect([asked?.method, asked?.url]).toEqual(['GET', '/v1/report?metric=m'])
    expect(asked?.headers).toMatchObject({ 'if-none-match': '"1"', accept: '*/*', 'x-request-id': expect.any(String) })
    expect(asked?.headers).not.toHaveProperty('authorization')
  })

  it('that it rejects has its rejection', async () => {
    answer = (_request, response) =>
      response
        .writeHead(503, { 'retry-after': '2', 'content-type': 'application/json' })
        .end('{"success":false,"code":"overloaded"}')
    await start()
    const { statusCode, headers, json } = await ask()
    expect([statusCode, headers['retry-after'], json().code]).toEqual([503, '2', 'overloaded'])
  })

  it('asked with HEAD has no body', async () => {
    answer = (request, response) => response.setHeader('content-length', 2).end(request.method === 'HEAD' ? '' : '{}')
    await start()
    const { headers, body } = await ask({}, 'HEAD')
    expect([headers['content-length'], body]).toEqual(['2', ''])
  })

  it.each<[string, number, () => void]>([
    ['that stops answering', NEVER, () => down()],
    ['that says nothing for too long', 1, () => {}],
    ['that breaks off', NEVER, () => server.closeAllConnections()],
  ])('%s ends with 503 and when to come again', async (_, answerMs, then) => {
    answer = () => then()
    await start(answerMs)
    const { statusCode, headers, json } = await ask()
    expect([statusCode, headers['retry-after'], json().code]).toEqual([503, '2', 'reader_unavailable'])
  })

  it('is not passed on while there is no reader', async () => {
    let asked = 0
    answer = () => asked++
    reader.ready = false
    await start()
    const { statusCode, json } = await ask()
    expect([statusCode, json().code, asked]).toEqual([503, 'reader_unavailable', 0])
  })

  it('is taken back when its asker leaves', async () => {
    const asked = new PassThrough()
    const leave = new AbortController()
    answer = (_request, response) => {
      response.once('close', () => asked.end())
      leave.abort()
    }
    await start()
    await expect(app.inject({ url: '/v1/report', signal: leave.signal })).rejects.toThrow()
    await once(asked.resume(), 'end')
  })
})

describe('a stream', () => {
  it.each([
    ['the reader stops answering', () => down()],
    ['the service closes', () => proxy.close()],
  ])('is cut off when %s, so that the page asks again', async (_, act) => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('event: report\n\n')
    }
    await start()
    const stream = (await app.inject({ url: '/v1/report', payloadAsStream: true })).stream()
    expect(String((await once(stream, 'data'))[0])).toContain('report')
    const ended = once(stream, 'end')
    act()
    // An end would look like a whole answer.
    await expect(ended).rejects.toThrow('destroyed before completion')
  })
})
