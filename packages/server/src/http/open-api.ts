import swagger, { type SwaggerTransform } from '@fastify/swagger'
import { batchSchema, messageSchema, queryResultSchema, reportSchema, treeShapeSchema } from '@nsm/schema'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { answerSchema } from '../collect/answer.js'
import { codeSchema } from './codes.js'
import { json } from './route-schema.js'

const VERSION = '1'

const errorSchema = z.object({
  success: z.literal(false),
  code: codeSchema,
  message: z.string(),
  path: z.string().optional(),
})

/** Schemas that stand in the document once, under these names. */
const COMPONENTS = {
  Message: messageSchema,
  Batch: batchSchema,
  Report: reportSchema,
  Tree: treeShapeSchema,
  QueryResult: queryResultSchema,
  Answer: answerSchema,
  Error: errorSchema,
} as const satisfies Record<string, z.ZodType>
const names = new Map<z.ZodType, string>(Object.entries(COMPONENTS).map(([name, schema]) => [schema, name]))

const pathOf = (name: string) => `#/components/schemas/${name}`

/**
 * `GET /openapi.json`: every route of `app` as OpenAPI 3.1, from the schemas by which the routes are registered. Call it
 * before; routes of `app` itself must be registered by a plugin.
 */
export function openApiRoutes(app: FastifyInstance): void {
  app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'nsm',
        version: VERSION,
        description:
          'The North Star Metric of a product: events in, reports out. HEAD works wherever GET does. JSON and text of more than 1 kB are compressed with br or gzip when Accept-Encoding allows it, event streams never.',
      },
      components: {
        securitySchemes: {
          writeKey: { type: 'http', scheme: 'bearer', description: 'A write key; also "writeKey" in the body.' },
          readToken: { type: 'http', scheme: 'bearer', description: 'A read token.' },
          secretKey: { type: 'http', scheme: 'bearer', description: 'A secret key.' },
          basic: { type: 'http', scheme: 'basic', description: 'Any key as the user, no password.' },
        },
      },
    },
    convertConstToEnum: false,
    transform,
    transformObject: (document) => {
      if (!('openapiObject' in document)) return {}
      const { openapiObject } = document
      const schemas = Object.fromEntries(
        Object.entries(COMPONENTS).map(([name, schema]) => [name, component(name, schema)]),
      )
      return { ...openapiObject, components: { ...openapiObject.components, schemas } }
    },
  })
  app.register(async (routes) => {
    let document: string | null = null
    const schema = { summary: 'This API as OpenAPI 3.1', answer: json(z.looseObject({})) }
    routes.get('/openapi.json', { schema }, async (_request, reply) => {
      document ??= JSON.stringify(app.swagger())
      reply.headers({ 'access-control-allow-origin': '*', 'cache-control': 'public, max-age=300' })
      return reply.type('application/json; charset=utf-8').send(document)
    })
  })
}

/** A route's schema as `@fastify/swagger` takes it. */
const transform: SwaggerTransform = ({ schema, url }) => {
  if (!schema || schema.hide) return { schema: { hide: true }, url }
  const { querystring, requestBody, answer = {}, security = [], ...words } = schema
  return {
    url,
    schema: {
      ...words,
      security,
      ...(querystring === undefined ? {} : { querystring: toJson(querystring as z.ZodType) }),
      ...(requestBody === undefined ? {} : { body: { content: contentOf(requestBody) } }),
      response: {
        200: { description: 'Yes', content: contentOf(answer) },
        default: { description: 'Rejected, with the reason', content: contentOf(json(errorSchema)) },
      },
    },
  }
}

function contentOf(content: Readonly<Record<string, z.ZodType>>): object {
  return Object.fromEntries(
    Object.entries(content).map(([type, schema]) => {
      const name = names.get(schema)
      return [type, { schema: name ? { $ref: pathOf(name) } : toJson(schema) }]
    }),
  )
}

/** What zod puts beside a schema lies below its name here. */
function component(name: string, schema: z.ZodType): object {
  return JSON.parse(JSON.stringify(toJson(schema)).replaceAll('"#/$defs/', `"${pathOf(name)}/$defs/`))
}

function toJson(schema: z.ZodType): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  return rest
}
