import { parseWith } from '@nsm/schema'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { RequestError } from './codes.js'

/** A schema for each media type. */
type Content = Readonly<Record<string, z.ZodType>>

declare module 'fastify' {
  // Beside these, `summary`, `description`, `security` and `hide` are for the OpenAPI document, and `querystring` also
  // parses the parameters.
  interface FastifySchema {
    /** What may be sent. For the document only: bodies are read and judged message by message. */
    requestBody?: Content
    /** What a 200 holds. For the document only. */
    answer?: Content
  }
}

/** Which keys a route takes, as OpenAPI says it. A write key may also be in the body. */
export const WRITE_KEY = [{ writeKey: [] }, { basic: [] }, {}]
export const READ_TOKEN = [{ readToken: [] }, { basic: [] }]
export const ANY_KEY = [{ secretKey: [] }, { basic: [] }, { writeKey: [] }, {}]

export const json = (schema: z.ZodType): Content => ({ 'application/json': schema })
export const text = (type = 'text/plain'): Content => ({ [type]: z.string() })

/**
 * Parses the parameters of every route of `app` by the `querystring` of its schema; a bad one is answered with
 * `invalid_parameter`, the first problem, and the parameter's name as the path.
 */
export function parseParameters(app: FastifyInstance): void {
  app.setValidatorCompiler(({ schema }) => (input) => {
    const parsed = parseWith(schema as unknown as z.ZodType, input)
    if (parsed.ok) return { value: parsed.value }
    const [problem] = parsed.problems
    return { error: new RequestError('invalid_parameter', problem?.message, problem?.path) }
  })
}
