import type { FastifyInstance } from 'fastify'

export const NO_SNIFF = { 'x-content-type-options': 'nosniff' } as const

/** Tells browsers to take every answer of `app` as the type it says, never as a script or a page. */
export function forbidSniffing(app: FastifyInstance): void {
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(NO_SNIFF)
    done()
  })
}
