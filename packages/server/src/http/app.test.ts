import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BodyMemory } from '../collect/body-memory.js'
import { DedupWindow } from '../collect/dedup-window.js'
import { EventTail } from '../collect/event-tail.js'
import { Rejections } from '../collect/rejections.js'
import { createApp } from './app.js'
import { createKeyring } from './keys.js'
import { createMetrics } from './metrics.js'

let app: FastifyInstance
let sockets: Socket[]
let bodies: BodyMemory

beforeEach(async () => {
  sockets = []
  bodies = new BodyMemory()
  const keys = createKeyring({ writeKeys: ['wk_test'], readTokens: ['rt_test'] }, '127.0.0.1')
  const journal = { append: async () => {}, check: async () => null }
  const tree = { tree: {}, problem: null }
  app = createApp({
    journal,
    tree,
    reader: { ready: false, problem: null, applied: null, onDown() {} },
    socketPath: '',
    files: new Map(),
    dashboard: { keys, host: '127.0.0.1', files: new Map(), tree },
    logger: pino({ level: 'silent' }),
    headTimeoutMs: 300,
    collector: {
      journal,
      keys,
      dedupWindow: new DedupWindow(),
      rejections: new Rejections(),
      bodies,
      eventTail: new EventTail(),
      metrics: createMetrics(),
      now: Date.now,
    },
  } as unknown as Parameters<typeof createApp>[0])
  await app.listen({ port: 0, host: '127.0.0.1' })
})
afterEach(async () => {
  for (const socket of sockets) socket.destroy()
  await app.close()
})

async function open(localAddress = '127.0.0.1'): Promise<Socket> {
  const { port } = app.server.address() as AddressInfo
  const socket = connect({ port, host: '127.0.0.1', localAddress })
  sockets.push(socket)
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

/** Everything a connection says until it says this, or ends. */
async function readUntil(socket: Socket, end: string): Promise<string> {
  let text = ''
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    text += chunk
    if (text.includes(end)) break
  }
  return text
}

const event = '{"batch":[{"type":"track","event":"message_sent","userId":"u1"}]}'
const post = (body: string, headers = '') =>
  `POST /v1/batch HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\ncontent-length: ${body.length}\r\n${headers}\r\n${body}`
const KEY = 'authorization: Bearer wk_test\r\n'

describe('a connection', () => {
  it.each([
    // An answer here would be taken for that to the next request.
    ['that says nothing is closed without a word', '', ''],
    ['with half a head is told and closed', 'POST /v1/batch HTTP/1.1\r\nhost: x\r\n', '"code":"request_timeout"'],
  ])('%s', async (_what, text, answer) => {
    const socket = await open()
    socket.write(text)
    const told = await readUntil(socket, '\0')
    if (answer) expect(told).toContain(answer)
    else expect(told).toBe('')
  })

  it('on which a body could not be read goes on with the next request', async () => {
    const socket = await open()
    socket.write(post('{"batch":', KEY) + post(event, KEY))
    const answers = await readUntil(socket, '"accepted":1')
    expect(answers).toContain('invalid_json')
    expect(answers).toContain('"accepted":1')
  })
})

it('two hundred senders that never finish hold up nobody, and leave nothing behind when they are gone', async () => {
  const halves = ['', 'POST /v1/ba', post(event).slice(0, -20), post('x'.repeat(50_000)).slice(0, 30_000)]
  for (let i = 0; i < 200; i++) {
    const socket = await open(`127.0.0.${2 + (i % 50)}`)
    socket.write(halves[i % halves.length] as string)
  }
  const inside = event.replace('{', '{"writeKey":"wk_test",')
  for (let i = 0; i < 20; i++) {
    const socket = await open()
    socket.write(i % 2 ? post(event, KEY) : post(inside))
    expect(await readUntil(socket, '"accepted":1')).toContain('200 OK')
  }
  await expect.poll(() => bodies.bytes).toBeGreaterThanOrEqual(50 * 29_000)
  for (const socket of sockets) socket.destroy()
  await expect.poll(() => bodies.bytes).toBe(0)
})
