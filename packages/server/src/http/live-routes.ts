import { type Event, MESSAGE_TYPES } from '@nsm/schema'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Collector } from '../collect/routes.js'
import { codeSchema } from './codes.js'
import { json, READ_TOKEN, text } from './route-schema.js'

const HEARTBEAT_MS = 15_000
/** A watcher that reads slower than events come misses some; this much is kept for it. */
const UNREAD_BYTES = 256 * 1024

const eventSchema: z.ZodType<Event> = z.object({
  messageId: z.string(),
  type: z.enum(MESSAGE_TYPES),
  name: z.string(),
  time: z.int().describe('When it happened, in ms since 1970, with the sender’s clock corrected'),
  receivedAt: z.int().describe('ms since 1970'),
  userId: z.string(),
  anonymousId: z.string(),
  otherId: z.string(),
  properties: z.record(z.string(), z.unknown()),
  context: z.record(z.string(), z.unknown()),
})

const rejectedSchema = z.object({
  total: z.int(),
  groups: z.array(
    z.object({
      code: codeSchema,
      path: z.string().nullable(),
      message: z.string(),
      count: z.int(),
      first: z.int().describe('ms since 1970'),
      last: z.int().describe('ms since 1970'),
      sample: z.unknown().describe('The latest of them; null when it was too large or too deep to keep.'),
    }),
  ),
})

/**
 * `GET /live`: the latest accepted events, newest last; as server-sent events where asked for. `GET /rejected`: what was
 * rejected since the start and why, grouped, the latest group first.
 */
export function liveRoutes(app: FastifyInstance, { eventTail, rejections }: Collector): void {
  const open = new Set<() => void>()
  app.addHook('preClose', async () => {
    for (const end of open) end()
  })

  const rejected = { summary: 'What was rejected and why', answer: json(rejectedSchema), security: READ_TOKEN }
  app.get('/rejected', { schema: rejected }, async (_request, reply) => {
    reply.header('cache-control', 'no-store')
    return { total: rejections.total, groups: rejections.list() }
  })

  const latest = {
    summary: 'The latest events',
    answer: { ...json(z.object({ events: z.array(eventSchema) })), ...text('text/event-stream') },
    security: READ_TOKEN,
  }
  app.get('/live', { schema: latest }, async (request, reply) => {
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
