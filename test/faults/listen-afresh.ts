import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

const taken = new Set<number>()

/**
 * Listens on a port that nobody here had before, and returns it. What a browser stored for an earlier site cannot come
 * back, and nobody gets the port of a collector that is only stopped for a while.
 */
export async function listenAfresh(server: Server): Promise<number> {
  for (;;) {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    if (!taken.has(port)) {
      taken.add(port)
      return port
    }
    server.close()
    await once(server, 'close')
  }
}
