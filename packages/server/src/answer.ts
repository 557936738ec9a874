import type { FastifyError, FastifyInstance } from 'fastify'
import { isCode, Refusal } from './codes.js'

/** Answers every error of `app` from the table of codes; what is not in it is logged and told as `internal`. */
export function answerFromTable(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError | Refusal, request, reply) => {
    const refusal = error instanceof Refusal ? error : fromFastify(error)
    const level = refusal.code === 'internal' ? 'error' : refusal.status >= 500 ? 'warn' : 'debug'
    request.log[level](
      { code: refusal.code, err: refusal.cause ?? (refusal === error ? undefined : error) },
      refusal.message,
    )
    // Fastify closes after every body that it could not parse. Here the rest is let run off, and who never ends is cut
    // off, so a client that reuses its connection may go on.
    reply.removeHeader('connection')
    return reply.code(refusal.status).headers(refusal.headers).send(refusal.toJSON())
  })
  app.setNotFoundHandler((request, reply) => {
    const refusal = new Refusal('not_found', `There is nothing at ${request.method} ${request.url.split('?', 1)[0]}.`)
    return reply.code(refusal.status).send(refusal.toJSON())
  })
}

/** Errors of other makers: the engine's carry codes of the table, Fastify's and zod's a status. */
function fromFastify(error: FastifyError & { path?: string }): Refusal {
  if (isCode(error.code)) return new Refusal(error.code, error.message, error.path, { cause: error })
  if (error.statusCode === 408) return new Refusal('request_timeout')
  if (error.statusCode === 413) return new Refusal('batch_too_large')
  if (error.statusCode && error.statusCode < 500) return new Refusal('bad_request', error.message)
  return new Refusal('internal', undefined, undefined, { cause: error })
}
