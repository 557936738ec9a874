import { summarise, toText } from '@nsm/card/summary'
import { type QueryRequest, queryRequestSchema, type Report } from '@nsm/schema'
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify'
import { RequestError } from '../http/codes.js'
import { handleErrors } from '../http/error-handler.js'
import { matchesEtag } from '../http/etag.js'
import { parseParameters } from '../http/route-schema.js'
import { startEventStream } from '../http/server-sent-events.js'
import { type ReportParameters, reportParametersSchema } from './parameters.js'
import type { CachedResponse, ResponseCache } from './response-cache.js'

export interface ReaderAnswers {
  reports: ResponseCache<ReportParameters>
  queries: ResponseCache<QueryRequest>
}

const UNREAD_BYTES = 4 * 1024 * 1024

/** Large answers that slow clients have not read yet take at most this, plus one answer. */
const SENDING_BYTES = 64 * 1024 * 1024
const LARGE_BYTES = 1024 * 1024

/** What the reader answers on its own socket; the collector has looked at the key before. */
export function readerApp(
  answers: ReaderAnswers,
  loggerInstance: FastifyBaseLogger,
  sendingBytes = SENDING_BYTES,
): FastifyInstance {
  const app = fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    requestIdHeader: 'x-request-id',
    forceCloseConnections: true,
  })
  handleErrors(app)
  parseParameters(app)
  const sending = boundSending(sendingBytes)

  const ofReport = { schema: { querystring: reportParametersSchema } }

  app.get<{ Querystring: ReportParameters }>('/v1/report', ofReport, async (request, reply) =>
    send(request, reply, sending, await answers.reports.get(request.query)),
  )

  app.get<{ Querystring: ReportParameters }>('/v1/card.txt', ofReport, async ({ query }, reply) => {
    const { body } = await answers.reports.get(query)
    reply.header('cache-control', 'no-cache').type('text/plain; charset=utf-8')
    return `${toText(summarise(JSON.parse(body) as Report, query.metric))}\n`
  })

  const ofQuery = { schema: { querystring: queryRequestSchema } }
  app.get<{ Querystring: QueryRequest }>('/v1/query', ofQuery, async (request, reply) =>
    send(request, reply, sending, await answers.queries.get(request.query)),
  )

  app.get<{ Querystring: ReportParameters }>('/v1/report/stream', ofReport, async (request, reply) => {
    const parameters = request.query
    // An error is still an answer with a status as long as nothing was sent.
    await answers.reports.get(parameters)
    const stream = startEventStream(reply)
    const stop = await answers.reports.listen(parameters, ({ body, etag }) => {
      // Who does not read is let go rather than written to for ever; a card comes back by itself.
      if (stream.unread > UNREAD_BYTES) stream.cutOff()
      else stream.send([{ event: 'report', id: etag, data: body }])
    })
    stream.onClose(stop)
  })
  return app
}

/** Counts the bytes being sent. A large answer is rejected while too many are; a small one is always sent. */
function boundSending(most: number): (reply: FastifyReply, bytes: number) => void {
  let onTheWay = 0
  return (reply, bytes) => {
    if (bytes > LARGE_BYTES && onTheWay >= most) {
      throw new RequestError('overloaded', 'Too many large responses are still being sent. Try again in a moment.')
    }
    onTheWay += bytes
    reply.raw.once('close', () => {
      onTheWay -= bytes
    })
  }
}

function send(
  request: FastifyRequest,
  reply: FastifyReply,
  sending: (reply: FastifyReply, bytes: number) => void,
  { body, etag }: CachedResponse,
): FastifyReply {
  reply.header('etag', etag).header('cache-control', 'no-cache')
  if (matchesEtag(request.headers['if-none-match'], etag)) return reply.code(304).send()
  sending(reply, body.length)
  return reply.type('application/json; charset=utf-8').send(body)
}
