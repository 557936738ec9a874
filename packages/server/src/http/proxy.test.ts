import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fastify, { type FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { handleErrors } from './error-handler.js'
import { createProxy } from './proxy.js'

let folder: string
let reader: Server
let app: FastifyInstance
let url: string
let answer: RequestListener
let down: () => void

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nsm-proxy-'))
  const socketPath = join(folder, 'reader.sock')
  reader = createServer((request, response) => answer(request, response)).listen(socketPath)
  await once(reader, 'listening')
  const listeners: (() => void)[] = []
  down = () => {
    for (const listener of listeners) listener()
  }
  app = fastify()
  handleErrors(app)
  const proxy = createProxy(socketPath, { ready: true, onDown: (listener) => listeners.push(listener) }, 200)
  app.get('/v1/report', proxy.passOn)
  await app.listen({ host: '127.0.0.1', port: 0 })
  url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/v1/report`
})
afterEach(async () => {
  reader.closeAllConnections()
  reader.close()
  await app.close()
  await rm(folder, { recursive: true })
})

describe('a question to the reader', () => {
  it('is answered by it', async () => {
    answer = (_request, response) => response.setHeader('etag', '"1"').end('{}')
    const response = await fetch(url)
    expect([response.status, response.headers.get('etag'), await response.text()]).toEqual([200, '"1"', '{}'])
  })

  it.each([
    ['that stops answering', () => down()],
    ['that says nothing for too long', () => {}],
  ])('%s ends with 503 and when to come again', async (_, then) => {
    answer = () => then()
    const response = await fetch(url)
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '2'])
    expect(await response.json()).toMatchObject({ code: 'reader_unavailable' })
  })

  it('that is a stream is cut off when the reader stops answering, so that the page asks again', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('event: report\n\n')
    }
    const { body } = await fetch(url)
    const stream = (body as ReadableStream<Uint8Array>).getReader()
    expect(new TextDecoder().decode((await stream.read()).value)).toContain('report')
    down()
    await expect(stream.read()).rejects.toThrow()
  })
})
