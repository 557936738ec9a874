import { once } from 'node:events'
import { createServer } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'

/** The name that every tracker tracks, by which its events are counted in whatever it sends. */
export const EVENT = 'value_moment'

/**
 * Serves the page and the scripts (by file name), and takes every request of every tracker with a 200. `delivered` is how many events
 * arrived since the last `reset`.
 */
export async function startEndpoint(scripts) {
  let delivered = 0
  let requests = 0
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://bench')
    // A page that is isolated has a clock of 5 µs.
    response.setHeader('cross-origin-opener-policy', 'same-origin')
    response.setHeader('cross-origin-embedder-policy', 'require-corp')
    const script = scripts.get(pathname.slice(1))
    if (pathname === '/') response.setHeader('content-type', 'text/html').end('<!doctype html><title>Bench</title>')
    else if (script) response.setHeader('content-type', 'text/javascript').end(script)
    else {
      requests++
      delivered += countEvents(request.url, await buffer(request))
      response.setHeader('content-type', 'application/json')
      response.end('{"success":true,"accepted":1,"rejected":0,"results":[],"code":200,"status":1}')
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    get delivered() {
      return delivered
    },
    get requests() {
      return requests
    },
    reset() {
      delivered = requests = 0
    },
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

function countEvents(url, body) {
  const plain = body[0] === 0x1f && body[1] === 0x8b ? gunzipSync(body) : body
  const said = `${decodeURIComponent(url)} ${plain}`
  const data = /(?:^|[?&\s])data=([A-Za-z0-9%+/=]+)/.exec(said)?.[1]
  const decoded = data ? `${said} ${Buffer.from(decodeURIComponent(data), 'base64')}` : said
  return decoded.split(EVENT).length - 1
}
