import type { Server, ServerResponse } from 'node:http'

/**
 * Knows which requests of a server are in hand, so that it can be closed as soon as they are answered. Node by itself
 * also waits for connections on which nothing was ever asked, as browsers open them ahead.
 *
 * @returns what resolves when nothing is in hand, or after `bound` ms, with every connection closed
 */
export function gracefulShutdown(server: Server): (bound: number) => Promise<void> {
  const inHand = new Set<ServerResponse>()
  let whenEmpty = () => {}
  server.on('request', (_request, response: ServerResponse) => {
    inHand.add(response)
    response.once('close', () => {
      inHand.delete(response)
      if (inHand.size === 0) whenEmpty()
    })
  })
  return async (bound) => {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, bound)
      whenEmpty = () => {
        clearTimeout(timer)
        resolve()
      }
      if (inHand.size === 0) whenEmpty()
    })
    server.closeAllConnections()
  }
}
