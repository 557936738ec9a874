import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isCode, Refusal } from './codes.js'

/** Answers every error of `app` from the table of codes; what is not in it is logged and told as `internal`. */
export function answerFromTable(app: FastifyInstance): void {
  app.setErrorHandler(answerError)
}

export function answerError(error: Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const refusal = error instanceof Refusal ? error : fromFastify(error as FastifyError)
  const level = refusal.code === 'internal' ? 'error' : refusal.status >= 500 ? 'warn' : 'debug'
  request.log[level](
    { code: refusal.code, err: refusal.cause ?? (refusal === error ? undefined : error) },
    refusal.message,
  )
  // Fastify closes after every body that it could not parse. Here the rest is let run off, and who never ends is cut
  // off, so a client that reuses its connection may go on.
  if (reply.hasHeader('connection')) reply.removeHeader('connection')
  return reply.code(refusal.status).headers(refusal.headers).send(refusal.toJSON())
}

/** Errors of other makers: the engine's carry codes of the table, Fastify's and zod's a status. */
function fromFastify(error: FastifyError & { path?: string }): Refusal {
  if (isCode(error.code)) return new Refusal(error.code, error.message, error.path, { cause: error })
  if (error.code === 'FST_ERR_BAD_URL') return new Refusal('bad_request', BAD_ADDRESS)
  if (error.statusCode === 408) return new Refusal('request_timeout')
  if (error.statusCode === 413) return new Refusal('batch_too_large')
  if (error.statusCode && error.statusCode < 500) return new Refusal('bad_request', error.message)
  return new Refusal('internal', undefined, undefined, { cause: error })
}

const BAD_ADDRESS = 'The address cannot be decoded: each "%" must begin an escaped byte of UTF-8, such as %20.'
