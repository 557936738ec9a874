import type { FastifyInstance } from 'fastify'
import type { Collector } from '../collect/routes.js'

const HEARTBEAT_MS = 15_000
/** A watcher that reads slower than events come misses some; this much is kept for it. */
const UNREAD_BYTES = 256 * 1024

/**
 * `GET /live`: the latest accepted events, newest last; as server-sent events where asked for. `GET /rejected`: what was
 * rejected since the start and why, grouped, the latest group first.
 */
export function liveRoutes(app: FastifyInstance, { eventTail, rejections }: Collector): void {
  const open = new Set<() => void>()
  app.addHook('preClose', async () => {
    for (const end of open) end()
  })

  app.get('/rejected', async (_request, reply) => {
    reply.header('cache-control', 'no-store')
    return { total: rejections.total, groups: rejections.list() }
  })

  app.get('/live', async (request, reply) => {
    if (!request.headers.accept?.includes('text/event-stream')) {
      reply.header('cache-control', 'no-store').type('application/json; charset=utf-8')
      return reply.send(`{"events":[${eventTail.latest.join(',')}]}`)
    }
    const headers = reply.getHeaders() as Record<string, string>
    reply.hijack()
    const { raw } = reply
    raw.writeHead(200, { ...headers, 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' })
    // There is no body to wait for.
    if (request.method === 'HEAD') return raw.end()
    const send = (lines: readonly string[]) => {
      if (raw.writableLength < UNREAD_BYTES) raw.write(lines.map((line) => `event: event\ndata: ${line}\n\n`).join(''))
    }
    const heartbeat = setInterval(() => raw.write(': here\n\n'), HEARTBEAT_MS)
    const stop = eventTail.listen(send)
    const end = () => raw.destroy()
    open.add(end)
    raw.on('close', () => {
      clearInterval(heartbeat)
      stop()
      open.delete(end)
    })
    raw.write(': here\n\n')
    send(eventTail.latest)
    return reply
  })
}
