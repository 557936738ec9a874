import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ReaderProcess } from '../process/supervise.js'
import { RequestError } from './codes.js'

const REQUEST_HEADERS = ['accept', 'if-none-match'] as const
const ANSWER_HEADERS = ['content-type', 'content-length', 'cache-control', 'etag', 'retry-after'] as const

/** An answer begins within this, or it is not waited for: a report over the largest stores takes some seconds. */
const ANSWER_MS = 120_000

export interface ReaderProxy {
  /**
   * Passes a request on to the reader and streams its answer back, server-sent events too. The key stays here.
   *
   * When the reader is away, stops answering or takes too long, the answer is `reader_unavailable`; one that has begun is
   * cut off. When the asker goes away the reader is told.
   */
  passOn(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply>
  /** Ends the streams that are under way: they would never end by themselves. */
  close(): void
}

/** The way to the reader's socket. */
export function createProxy(
  socketPath: string,
  reader: Pick<ReaderProcess, 'ready' | 'onDown'>,
  answerMs = ANSWER_MS,
): ReaderProxy {
  const streams = new Set<FastifyReply['raw']>()
  const asked = new Set<ClientRequest>()
  // A stopped process keeps its connections open and says nothing on them.
  reader.onDown(() => {
    for (const outgoing of asked) outgoing.destroy(new Error('The reader stopped answering.'))
  })
  return {
    async passOn(request, reply) {
      if (!reader.ready) throw new RequestError('reader_unavailable')
      const outgoing = httpRequest({
        socketPath,
        method: request.method,
        path: request.url,
        headers: headersOf(request),
      })
      asked.add(outgoing)
      outgoing.once('close', () => asked.delete(outgoing))
      reply.raw.once('close', () => outgoing.destroy())
      const answer = await answerOf(outgoing, answerMs)
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

function headersOf(request: FastifyRequest): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = { host: 'reader', 'x-request-id': request.id }
  for (const name of REQUEST_HEADERS) {
    const value = request.headers[name]
    if (value !== undefined) headers[name] = value
  }
  return headers
}

/** @throws RequestError `reader_unavailable` */
function answerOf(outgoing: ClientRequest, bound: number): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => outgoing.destroy(new Error(`No answer within ${bound} ms.`)), bound)
    outgoing.once('response', (answer) => {
      clearTimeout(timer)
      resolve(answer)
    })
    // Also after the answer has begun: then nobody waits for this any more.
    outgoing.on('error', (cause) => {
      clearTimeout(timer)
      reject(new RequestError('reader_unavailable', undefined, undefined, { cause }))
    })
    outgoing.end()
  })
}
