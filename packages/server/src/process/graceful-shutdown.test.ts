import { once } from 'node:events'
import { createServer, get, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { gracefulShutdown } from './graceful-shutdown.js'

let server: Server
let drain: (bound: number) => Promise<void>
let port: number

beforeEach(async () => {
  server = createServer().listen(0, '127.0.0.1')
  drain = gracefulShutdown(server)
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port
})
afterEach(() => server.closeAllConnections())

const NEVER = 1_000_000

describe('draining', () => {
  it('does not wait for connections that ask for nothing', async () => {
    const socket = connect(port, '127.0.0.1')
    await once(server, 'connection')
    const closed = once(server.close(), 'close')
    await drain(NEVER)
    await closed
    socket.destroy()
  })

  it('waits for the request in hand, and its answer arrives', async () => {
    const request = get({ port, host: '127.0.0.1' })
    const [, response] = (await once(server, 'request')) as [IncomingMessage, ServerResponse]
    server.close()
    let drained = false
    const draining = drain(NEVER).then(() => {
      drained = true
    })
    await new Promise(setImmediate)
    expect(drained).toBe(false)
    response.end('all')
    const [answer] = (await once(request, 'response')) as [IncomingMessage]
    expect(await answer.setEncoding('utf8').toArray()).toEqual(['all'])
    await draining
  })

  it('waits no longer than its bound', async () => {
    get({ port, host: '127.0.0.1' }).on('error', () => {})
    await once(server, 'request')
    await drain(0)
  })
})
