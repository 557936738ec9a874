import { queryRequestSchema, queryResultSchema, reportSchema } from '@nsm/schema'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { reportParametersSchema } from '../reader/parameters.js'
import type { ReaderProxy } from './proxy.js'
import { json, READ_TOKEN, text } from './route-schema.js'

/** `GET /report`, `/report/stream`, `/card.txt`, `/query`: answered by the reader. A bad parameter does not get that far. */
export function readerRoutes(app: FastifyInstance, { passOn }: ReaderProxy): void {
  const ofReport = { querystring: reportParametersSchema, security: READ_TOKEN }
  app.get(
    '/report',
    {
      schema: {
        ...ofReport,
        summary: 'The report: everything a card needs',
        description: 'Has an ETag, and answers 304 while nothing has changed.',
        answer: json(reportSchema),
      },
    },
    passOn,
  )
  app.get('/card.txt', { schema: { ...ofReport, summary: 'The card as plain text', answer: text() } }, passOn)
  app.get(
    '/report/stream',
    {
      schema: {
        ...ofReport,
        summary: 'The report as server-sent events',
        description: 'Sends a "report" event at once, and another one whenever the report changes.',
        answer: text('text/event-stream'),
      },
    },
    (request, reply) => passOn(streamOf(request), reply),
  )
  app.get(
    '/query',
    {
      schema: {
        querystring: queryRequestSchema,
        security: READ_TOKEN,
        summary: 'One metric over any range of dates',
        answer: json(queryResultSchema),
      },
    },
    passOn,
  )
}

/** The reader would keep the answer to a HEAD back: nothing of it is ever written. A stream is begun, and cut off. */
function streamOf(request: FastifyRequest): FastifyRequest {
  return request.method === 'HEAD' ? Object.create(request, { method: { value: 'GET' } }) : request
}
