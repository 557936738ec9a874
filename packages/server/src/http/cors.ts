import type { FastifyInstance } from 'fastify'

const ALLOWED = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'etag, retry-after',
}
/** Allowed where there is no route, so that the request itself gets its 404. */
const ANY_METHOD = ['GET', 'POST', 'DELETE']
const USUAL_HEADERS = 'authorization, content-type, content-encoding, if-none-match, last-event-id, cache-control'
/** A list of header names (RFC 9110, token). */
const HEADER_NAMES = /^[\w!#$%&'*+.^`|~-]+(?:[ \t]*,[ \t]*[\w!#$%&'*+.^`|~-]+)*$/
const HEADERS_LENGTH = 1_024

/**
 * Lets pages of any origin call the routes of `app`: what guards them is the key, and no cookie is ever looked at.
 * Register it before the routes.
 *
 * A preflight may use the headers it asks for: libraries add their own, such as RudderStack's `anonymousid`, and a header
 * that no route reads does no harm. Credentials are never allowed. Nor is private network access: a page from the internet
 * must not read a service on somebody's own machine, whose development keys are public.
 */
export function allowAnyOrigin(app: FastifyInstance): void {
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(ALLOWED)
  })

  const methodsOf = new Map<string, Set<string>>()
  app.addHook('onRoute', ({ url, method }) => {
    const methods = [method].flat().filter((name) => name !== 'OPTIONS')
    const known = methodsOf.get(url)
    if (known) for (const name of methods) known.add(name)
    else if (methods.length > 0) {
      methodsOf.set(url, new Set(methods))
      preflight(url.slice(app.prefix.length), methodsOf.get(url) as Set<string>)
    }
  })
  const preflight = (path: string, methods: Iterable<string>) =>
    app.options(path, { schema: { hide: true } }, async ({ headers }, reply) => {
      const asked = headers['access-control-request-headers']
      return reply
        .headers({
          'access-control-allow-methods': [...methods, 'OPTIONS'].join(', '),
          'access-control-allow-headers': asked && isHeaderNames(asked) ? asked : USUAL_HEADERS,
          'access-control-max-age': '86400',
          vary: 'access-control-request-headers',
        })
        .code(204)
        .send()
    })
  preflight('/*', ANY_METHOD)
}

function isHeaderNames(text: string): boolean {
  return text.length <= HEADERS_LENGTH && HEADER_NAMES.test(text)
}
