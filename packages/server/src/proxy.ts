import { request as httpRequest, type IncomingMessage } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Refusal } from './codes.js'

const REQUEST_HEADERS = ['accept', 'if-none-match'] as const
const ANSWER_HEADERS = ['content-type', 'content-length', 'cache-control', 'etag', 'retry-after'] as const

export interface Proxy {
  /**
   * Passes a request on to the reader and streams its answer back, server-sent events too. The key stays here.
   *
   * When the reader is away the answer is `reader_unavailable`; when the asker goes away the reader is told.
   */
  passOn(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply>
  /** Ends the streams that are under way: they would never end by themselves. */
  close(): void
}

/** The way to the reader's socket. */
export function createProxy(socketPath: string): Proxy {
  const streams = new Set<FastifyReply['raw']>()
  return {
    async passOn(request, reply) {
      const answer = await ask(socketPath, request, reply)
      if (answer.headers['content-type']?.startsWith('text/event-stream')) streams.add(reply.raw)
      reply.raw.once('close', () => streams.delete(reply.raw))
      for (const name of ANSWER_HEADERS) {
        const value = answer.headers[name]
        if (value !== undefined) reply.header(name, value)
      }
      return reply.code(answer.statusCode ?? 502).send(answer)
    },
    close() {
      for (const stream of streams) stream.destroy()
    },
  }
}

function ask(socketPath: string, request: FastifyRequest, reply: FastifyReply): Promise<IncomingMessage> {
  const headers: Record<string, string | string[]> = { host: 'reader', 'x-request-id': request.id }
  for (const name of REQUEST_HEADERS) {
    const value = request.headers[name]
    if (value !== undefined) headers[name] = value
  }
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({ socketPath, method: request.method, path: request.url, headers }, resolve)
    outgoing.on('error', (cause) => reject(new Refusal('reader_unavailable', undefined, undefined, { cause })))
    reply.raw.once('close', () => outgoing.destroy())
    outgoing.end()
  })
}
