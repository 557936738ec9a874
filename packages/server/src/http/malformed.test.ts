import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import fastify, { type FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { handleErrors } from './error-handler.js'
import { answerMalformed, malformedOptions } from './malformed.js'
import { forbidSniffing } from './no-sniff.js'

let app: FastifyInstance
let port: number

beforeEach(async () => {
  app = fastify({ ...malformedOptions, forceCloseConnections: true })
  handleErrors(app)
  forbidSniffing(app)
  answerMalformed(app)
  app.get('/', async () => 'fine')
  app.post('/', async () => 'fine')
  const malformed = once(app.server, 'clientError')
  app.get('/slow', async () => {
    await malformed
    return 'fine'
  })
  app.get('/begun', (_request, reply) => {
    reply.hijack()
    reply.raw.writeHead(200, { 'content-type': 'text/plain', 'content-length': 4 })
    reply.raw.write('fi')
    malformed.then(() => reply.raw.end('ne'))
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  port = (app.server.address() as AddressInfo).port
})
afterEach(() => app.close())

/** Sends bytes. @returns everything that is answered until the connection is closed */
async function send(bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let answer = ''
  socket.on('data', (data) => {
    answer += data
  })
  socket.on('error', () => {})
  socket.write(bytes)
  await once(socket, 'close')
  return answer
}

const CLOSE = 'Host: x\r\nConnection: close\r\n'

describe('a request that is rejected before it reaches a route', () => {
  it.each([
    ['an address with a broken escape', 400, 'bad_request', `GET /%zz HTTP/1.1\r\n${CLOSE}\r\n`],
    ['an address that is not UTF-8', 400, 'bad_request', `GET /%ff%fe HTTP/1.1\r\n${CLOSE}\r\n`],
    ['lines without a carriage return', 400, 'bad_request', 'GET / HTTP/1.1\nHost: x\n\n'],
    ['a method in lower case', 400, 'unknown_method', `get / HTTP/1.1\r\n${CLOSE}\r\n`],
    ['a header without a colon', 400, 'bad_request', `GET / HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n`],
    ['no Host', 400, 'bad_request', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n'],
    [
      'two lengths',
      400,
      'bad_request',
      `POST / HTTP/1.1\r\n${CLOSE}Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcde`,
    ],
    ['a negative length', 400, 'bad_request', `POST / HTTP/1.1\r\n${CLOSE}Content-Length: -1\r\n\r\n`],
    [
      'a length and chunks',
      400,
      'bad_request',
      `POST / HTTP/1.1\r\n${CLOSE}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    ['a head of 20 kB', 431, 'headers_too_large', `GET / HTTP/1.1\r\n${CLOSE}X-A: ${'a'.repeat(20_000)}\r\n\r\n`],
    ['an address of 20 kB', 431, 'headers_too_large', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\n${CLOSE}\r\n`],
    [
      'a head of a megabyte',
      431,
      'headers_too_large',
      `GET / HTTP/1.1\r\n${CLOSE}X-A: ${'a'.repeat(1_000_000)}\r\n\r\n`,
    ],
    ['a method nobody knows', 400, 'unknown_method', `BREW / HTTP/1.1\r\n${CLOSE}\r\n`],
    ['a TLS handshake', 400, 'unknown_method', '\x16\x03\x01\x02\x00\x01'],
    ['CONNECT', 400, 'unknown_method', 'CONNECT evil:443 HTTP/1.1\r\nHost: evil:443\r\n\r\n'],
    ['HTTP/2', 505, 'unsupported_http_version', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['another protocol', 400, 'bad_request', `GET / JUNK/1.1\r\n${CLOSE}\r\n`],
    ['HTTP/3', 505, 'unsupported_http_version', `GET / HTTP/3.0\r\n${CLOSE}\r\n`],
    [
      'an expectation',
      417,
      'expectation_failed',
      `POST / HTTP/1.1\r\n${CLOSE}Expect: coffee\r\nContent-Length: 2\r\n\r\n{}`,
    ],
  ])('for %s has one answer in our format', async (_, status, code, bytes) => {
    const answer = await send(bytes)
    const [head = '', body = ''] = answer.split('\r\n\r\n')
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} \\w`))
    expect(head.toLowerCase()).toContain('content-type: application/json; charset=utf-8')
    expect(head.toLowerCase()).toContain('x-content-type-options: nosniff')
    expect(head.toLowerCase()).toContain(`content-length: ${Buffer.byteLength(body)}`)
    expect(head.toLowerCase()).toContain('connection: close')
    expect(JSON.parse(body)).toEqual({ success: false, code, message: expect.stringMatching(/^[A-Z].*\.$/) })
  })

  it.each([
    ['is still to come', '/slow'],
    ['has begun', '/begun'],
  ])('leaves the request before it on the same connection its answer, which %s', async (_, path) => {
    const good = `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`
    const answers = (await send(`${good}${path === '/slow' ? good : ''}BREW / HTTP/1.1\r\n\r\n`))
      .split('HTTP/1.1 ')
      .slice(1)
    expect(answers.map((answer) => answer.slice(0, 3))).toEqual(
      path === '/slow' ? ['200', '200', '400'] : ['200', '400'],
    )
    for (const answer of answers.slice(0, -1)) expect(answer.endsWith('\r\n\r\nfine')).toBe(true)
  })

  it('is answered at once when its body breaks off', async () => {
    app.log.level = 'silent'
    const answer = await send('POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n{}\r\n')
    expect(answer).toMatch(/^HTTP\/1.1 400 [\s\S]*"code":"bad_request"/)
  })
})

it('a request to switch protocols is answered as what it asks for', async () => {
  const upgrade = 'Host: x\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n'
  expect(await send(`GET / HTTP/1.1\r\n${upgrade}\r\n`)).toMatch(/^HTTP\/1.1 200 [\s\S]*fine$/)
})
