import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { boundConnections, type Connections, connectionLimits } from './connections.js'

const LIMITS = { total: 6, perAddress: 4, lingerMs: 200 }

let server: Server
let connections: Connections
/** Answers to requests for `/slow`, which the test gives. */
let held: ServerResponse[]
let sockets: Socket[]

beforeEach(async () => {
  held = []
  sockets = []
  server = createServer((request, response) => {
    if (request.url === '/slow') held.push(response)
    else if (request.url === '/early') response.end('done')
    else request.on('end', () => response.end('done')).resume()
  })
  connections = boundConnections(server, LIMITS)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterEach(async () => {
  for (const socket of sockets) socket.destroy()
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
})

/** A connection that has sent this much, seen by the server. */
async function open(text = '', localAddress = '127.0.0.1'): Promise<Socket> {
  const { port } = server.address() as AddressInfo
  const accepted = once(server, 'connection')
  const socket = connect({ port, host: '127.0.0.1', localAddress })
  sockets.push(socket)
  socket.on('error', () => {})
  await Promise.all([once(socket, 'connect'), accepted])
  if (text) socket.write(text)
  return socket
}
const closed = (socket: Socket) => (socket.destroyed ? Promise.resolve() : once(socket.resume(), 'close'))
const get = (path: string) => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`
const answerOn = async (socket: Socket) => String((await once(socket, 'data'))[0])

describe('when there are too many connections', () => {
  it('the one that has been silent for longest makes room', async () => {
    const silent = []
    for (let i = 0; i < LIMITS.perAddress; i++) silent.push(await open())
    const honest = await open(get('/'))
    expect(await answerOn(honest)).toContain('200 OK')
    await closed(silent[0] as Socket)
    expect(silent.slice(1).every(({ destroyed }) => !destroyed)).toBe(true)
    expect([connections.open, connections.turnedAway]).toEqual([LIMITS.perAddress, 1])
  })

  it('an address loses its own connections, not those of others', async () => {
    const other = await open('', '127.0.0.2')
    const first = await open()
    for (let i = 1; i <= LIMITS.perAddress; i++) await open()
    await closed(first)
    expect(other.destroyed).toBe(false)
  })

  it('of all addresses together, the oldest idle one makes room, whoever has it', async () => {
    const oldest = await open('', '127.0.0.2')
    for (const address of ['127.0.0.3', '127.0.0.4', '127.0.0.5', '127.0.0.6', '127.0.0.7']) await open('', address)
    await open('', '127.0.0.8')
    await closed(oldest)
    expect(connections.open).toBe(LIMITS.total)
  })

  it('half a head and half a body make room; a request that is being answered does not', async () => {
    const asked = await open(get('/slow'))
    await expect.poll(() => held.length).toBe(1)
    const halfHead = await open('GET / HT')
    const halfBody = await open('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nabc')
    await once(server, 'request')
    await open()
    const late = [await open(), await open()]
    await Promise.all([closed(halfHead), closed(halfBody)])
    expect(late.every(({ destroyed }) => !destroyed)).toBe(true)
    held[0]?.end('at last')
    expect(await answerOn(asked)).toContain('at last')
  })

  it('and none is waited for, the new one is not let in', async () => {
    for (let i = 0; i < LIMITS.perAddress; i++) await open(get('/slow'))
    await expect.poll(() => held.length).toBe(LIMITS.perAddress)
    await closed(await open())
    expect(connections.open).toBe(LIMITS.perAddress)
  })

  it('a protected one stays, whatever it sends', async () => {
    const importing = await open('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nabc')
    const [request] = await once(server, 'request')
    connections.protect(request.socket)
    for (let i = 0; i <= LIMITS.perAddress; i++) await open()
    importing.write('defghij')
    expect(await answerOn(importing)).toContain('200 OK')
  })
})

it('a sender that goes on writing after its answer is cut off', async () => {
  const dribbling = await open('POST /early HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\na')
  expect(await answerOn(dribbling)).toContain('done')
  await closed(dribbling)
})

it('a connection that was answered may ask again', async () => {
  const socket = await open(get('/'))
  expect(await answerOn(socket)).toContain('200 OK')
  socket.write(get('/'))
  expect(await answerOn(socket)).toContain('200 OK')
})

it('a connection leaves nothing behind of the requests whose answers came before their ends', async () => {
  const socket = await open()
  const counts: number[] = []
  for (let i = 0; i < 4; i++) {
    const asked = once(server, 'request')
    socket.write('POST /early HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\na')
    const [request] = await asked
    expect(await answerOn(socket)).toContain('done')
    const ended = once(request.resume(), 'end')
    socket.write('b')
    await ended
    counts.push(request.socket.listenerCount('close'))
  }
  expect(new Set(counts).size).toBe(1)
})

it('leaves descriptors for everything else', () => {
  const { total, perAddress } = connectionLimits()
  expect(total).toBeGreaterThanOrEqual(64)
  expect(perAddress).toBe(total / 2)
})
