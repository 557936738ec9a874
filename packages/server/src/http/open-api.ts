import {
  batchSchema,
  MESSAGE_TYPES,
  messageSchema,
  queryRequestSchema,
  queryResultSchema,
  reportSchema,
  treeShapeSchema,
} from '@nsm/schema'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { reportParametersSchema } from '../reader/parameters.js'
import { CODES } from './codes.js'

const VERSION = '1'

const FILES = [
  ['nsm.js', 'The tracker for a script tag', 'text/javascript'],
  ['stub.js', 'The line that keeps calls until the tracker is there', 'text/javascript'],
  ['nsm-card.js', '<nsm-card> for a script tag', 'text/javascript'],
  ['dashboard.js', "The dashboard's script", 'text/javascript'],
  ['dashboard.css', "The dashboard's style sheet", 'text/css'],
] as const
const fileParametersSchema = z.object({
  v: z.string().optional().describe("The file's hash: with it, the answer may be kept forever."),
})

/** `GET /openapi.json`: the addresses as OpenAPI 3.1, with the schemas of the contracts. */
export function openApiRoutes(app: FastifyInstance): void {
  let text: string | null = null
  app.get('/openapi.json', async (_request, reply) => {
    text ??= JSON.stringify(openApi())
    reply.headers({ 'access-control-allow-origin': '*', 'cache-control': 'public, max-age=300' })
    return reply.type('application/json; charset=utf-8').send(text)
  })
}

/** The whole document. */
export function openApi(): object {
  const write = [{ writeKey: [] }, { basic: [] }, {}]
  const read = [{ readToken: [] }, { basic: [] }]
  const secret = [{ secretKey: [] }, { basic: [] }]
  const message = {
    requestBody: body('application/json', ref('Message')),
    responses: responses(ref('Answer')),
    security: write,
  }
  const batch = { ...message, requestBody: body('application/json', ref('Batch')) }
  return {
    openapi: '3.1.0',
    info: {
      title: 'nsm',
      version: VERSION,
      description:
        'The North Star Metric of a product: events in, reports out. HEAD works wherever GET does. JSON and text of more than 1 kB are compressed with br or gzip when Accept-Encoding allows it, event streams never.',
    },
    paths: {
      '/v1/batch': { post: { summary: 'Many messages; on disk when the answer is 2xx', ...batch } },
      '/v1/b': { post: { summary: 'Short for /v1/batch', ...batch } },
      ...Object.fromEntries(
        MESSAGE_TYPES.flatMap((type) => [
          [`/v1/${type}`, { post: { summary: `One ${type} message`, ...message } }],
          [`/v1/${type[0]}`, { post: { summary: `Short for /v1/${type}`, ...message } }],
        ]),
      ),
      '/v1/import': {
        post: {
          summary: 'History as JSON lines with a secret key; a batch with a write key',
          description:
            "The key decides. With a secret key: JSON lines, one message each, as old as they are. With a write key: the same as /v1/batch, since Segment's older libraries send their batches here.",
          requestBody: {
            required: true,
            content: {
              'application/x-ndjson': { schema: { type: 'string' } },
              'application/json': { schema: ref('Batch') },
            },
          },
          responses: responses(ref('Answer')),
          security: [...secret, { writeKey: [] }, {}],
        },
      },
      '/v1/report': { get: get('Everything a card needs', reportParametersSchema, ref('Report'), read) },
      '/v1/report/stream': {
        get: get(
          'The report as server-sent events',
          reportParametersSchema,
          { type: 'string' },
          read,
          'text/event-stream',
        ),
      },
      '/v1/card.txt': {
        get: get('The card in words', reportParametersSchema, { type: 'string' }, read, 'text/plain'),
      },
      '/v1/query': { get: get('One metric, any range', queryRequestSchema, ref('QueryResult'), read) },
      '/v1/tree': { get: get('The metric tree in use', z.object({}), ref('Tree'), read) },
      '/v1/live': { get: get('The latest events', z.object({}), { type: 'object' }, read) },
      '/v1/rejected': { get: get('What was rejected and why', z.object({}), { type: 'object' }, read) },
      '/metrics': { get: get('Numbers for Prometheus', z.object({}), { type: 'string' }, read, 'text/plain') },
      '/healthz': { get: get('The collector answers', z.object({}), { type: 'object' }) },
      '/readyz': { get: get('Events can be kept and reports answered', z.object({}), { type: 'object' }) },
      '/openapi.json': { get: get('This document', z.object({}), { type: 'object' }) },
      '/': { get: get('The dashboard', z.object({}), { type: 'string' }, [], 'text/html') },
      ...Object.fromEntries(
        FILES.map(([name, summary, type]) => [
          `/${name}`,
          { get: get(summary, fileParametersSchema, { type: 'string' }, [], type) },
        ]),
      ),
    },
    components: {
      securitySchemes: {
        writeKey: { type: 'http', scheme: 'bearer', description: 'A write key; also "writeKey" in the body.' },
        readToken: { type: 'http', scheme: 'bearer', description: 'A read token.' },
        secretKey: { type: 'http', scheme: 'bearer', description: 'A secret key.' },
        basic: { type: 'http', scheme: 'basic', description: 'Any key as the user, no password.' },
      },
      schemas: {
        Message: schemaOf(messageSchema),
        Batch: schemaOf(batchSchema),
        Report: schemaOf(reportSchema),
        Tree: schemaOf(treeShapeSchema),
        QueryResult: schemaOf(queryResultSchema),
        Answer: schemaOf(answerSchema),
        Error: schemaOf(errorSchema),
      },
    },
  }
}

const codeSchema = z.enum(Object.keys(CODES) as [string, ...string[]])
const answerSchema = z.object({
  success: z.boolean(),
  accepted: z.int(),
  duplicate: z.int(),
  rejected: z.int(),
  results: z.array(
    z.object({ i: z.int(), status: z.int(), code: codeSchema, message: z.string(), path: z.string().optional() }),
  ),
})
const errorSchema = z.object({
  success: z.literal(false),
  code: codeSchema,
  message: z.string(),
  path: z.string().optional(),
})

function schemaOf(schema: z.ZodType): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  return rest
}

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })
const body = (type: string, schema: object) => ({ required: true, content: { [type]: { schema } } })

function responses(schema: object, type = 'application/json'): object {
  return {
    200: { description: 'Yes', content: { [type]: { schema } } },
    default: { description: 'Rejected, with the reason', content: { 'application/json': { schema: ref('Error') } } },
  }
}

function get(summary: string, parameters: z.ZodObject, answer: object, security: object[] = [], type?: string): object {
  const { properties = {}, required = [] } = schemaOf(parameters) as { properties?: object; required?: string[] }
  return {
    summary,
    parameters: Object.entries(properties).map(([name, schema]) => ({
      name,
      in: 'query',
      required: required.includes(name),
      schema,
    })),
    responses: responses(answer, type),
    security,
  }
}
