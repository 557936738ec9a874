import { type Event, MESSAGE_TYPES } from '@nsm/schema'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Collector } from '../collect/routes.js'
import { codeSchema } from './codes.js'
import { json, READ_TOKEN, text } from './route-schema.js'
import { type EventStream, startEventStream } from './server-sent-events.js'

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
  const open = new Set<EventStream>()
  app.addHook('preClose', async () => {
    for (const stream of open) stream.cutOff()
  })

  const rejected = {
    summary: 'Events and requests rejected since the service started',
    description: 'Grouped by reason, each group with its latest example.',
    answer: json(rejectedSchema),
    security: READ_TOKEN,
  }
  app.get('/rejected', { schema: rejected }, async (_request, reply) => {
    reply.header('cache-control', 'no-store')
    return { total: rejections.total, groups: rejections.list() }
  })

  const latest = {
    summary: 'The last 50 events',
    description: 'With "Accept: text/event-stream", also every new event as it arrives.',
    answer: { ...json(z.object({ events: z.array(eventSchema) })), ...text('text/event-stream') },
    security: READ_TOKEN,
  }
  app.get('/live', { schema: latest }, async (request, reply) => {
    if (!request.headers.accept?.includes('text/event-stream')) {
      reply.header('cache-control', 'no-store').type('application/json; charset=utf-8')
      return reply.send(`{"events":[${eventTail.latest.join(',')}]}`)
    }
    const stream = startEventStream(reply)
    const send = (lines: readonly string[]) => {
      if (stream.unread < UNREAD_BYTES) stream.send(lines.map((data) => ({ event: 'event', data })))
    }
    send(eventTail.latest)
    const stop = eventTail.listen(send)
    open.add(stream)
    stream.onClose(() => {
      stop()
      open.delete(stream)
    })
    return reply
  })
}
