import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isCode, RequestError } from './codes.js'

/** Answers every error of `app` from the table of codes; what is not in it is logged and told as `internal_error`. */
export function handleErrors(app: FastifyInstance): void {
  app.setErrorHandler(handleError)
}

export function handleError(error: Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const rejection = error instanceof RequestError ? error : fromFastify(error as FastifyError)
  const level = rejection.code === 'internal_error' ? 'error' : rejection.status >= 500 ? 'warn' : 'debug'
  request.log[level](
    { code: rejection.code, err: rejection.cause ?? (rejection === error ? undefined : error) },
    rejection.message,
  )
  // Fastify closes after every body that it could not parse. Here the rest is let run off, and who never ends is cut
  // off, so a client that reuses its connection may go on.
  if (reply.hasHeader('connection')) reply.removeHeader('connection')
  return reply.code(rejection.status).headers(rejection.headers).send(rejection.toJSON())
}

/** Errors of other makers: the engine's carry codes of the table, Fastify's and zod's a status. */
function fromFastify(error: FastifyError & { path?: string }): RequestError {
  if (isCode(error.code)) return new RequestError(error.code, error.message, error.path, { cause: error })
  if (error.code === 'FST_ERR_BAD_URL') return new RequestError('bad_request', BAD_ADDRESS)
  if (error.statusCode === 408) return new RequestError('request_timeout')
  if (error.statusCode === 413) return new RequestError('batch_too_large')
  if (error.statusCode && error.statusCode < 500) return new RequestError('bad_request', error.message)
  return new RequestError('internal_error', undefined, undefined, { cause: error })
}

const BAD_ADDRESS = 'The address cannot be decoded: each "%" must begin an escaped byte of UTF-8, such as %20.'
