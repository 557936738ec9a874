import type { FastifyInstance } from 'fastify'

const ALLOWED = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'etag, retry-after',
}
const PREFLIGHT = {
  'access-control-allow-methods': 'GET, POST, DELETE, OPTIONS',
  'access-control-allow-headers':
    'authorization, content-type, content-encoding, if-none-match, last-event-id, cache-control',
  'access-control-max-age': '86400',
}

/** Lets pages of any origin call the routes of `app`: what guards them is the key, and no cookie is ever looked at. */
export function allowAnyOrigin(app: FastifyInstance): void {
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(ALLOWED)
  })
  app.options('/*', async (_request, reply) => reply.headers(PREFLIGHT).code(204).send())
}
