import type { FastifyInstance, FastifyRequest } from 'fastify'
import findMyWay from 'find-my-way'
import { RequestError } from './codes.js'

/**
 * Answers requests for which `app` has no route: 405 with `Allow` where the address takes other methods, else 404. Call
 * it before any route is registered.
 *
 * @returns what does the same below a prefix, under the hooks of the scope it is given
 */
export function answerUnknownAddresses(app: FastifyInstance): (scope: FastifyInstance) => void {
  const addresses = findMyWay({ ignoreDuplicateSlashes: true, ignoreTrailingSlash: true })
  const methodsOf = new Map<string, Set<string>>()
  app.addHook('onRoute', ({ url, method }) => {
    // A wildcard doesn’t count as an address: it answers the preflights of all that do not exist.
    if (url.endsWith('*')) return
    const path = url.replace(/(.)\/$/, '$1')
    let methods = methodsOf.get(path)
    if (!methods) {
      methods = new Set()
      methodsOf.set(path, methods)
      addresses.on('GET', path, () => {}, methods)
    }
    for (const name of [method].flat()) methods.add(name)
  })

  const reject = async (request: FastifyRequest): Promise<never> => {
    const { method } = request
    const path = request.url.split('?', 1)[0] as string
    const methods = addresses.find('GET', path)?.store as Set<string> | undefined
    if (!methods) throw new RequestError('not_found', `There is nothing at ${method} ${path}.`)
    throw new MethodNotAllowed(method, path, [...methods])
  }
  const answerIn = (scope: FastifyInstance) => {
    scope.setNotFoundHandler(reject)
    // Before the body is parsed: whatever is wrong with it, the address comes first. And after `onRequest`, which lets
    // pages of other origins read the answer.
    scope.addHook('preParsing', (request, _reply, _payload, done) => {
      if (request.is404) reject(request).catch(done)
      else done()
    })
  }
  answerIn(app)
  return answerIn
}

class MethodNotAllowed extends RequestError {
  constructor(
    method: string,
    path: string,
    readonly allowed: readonly string[],
  ) {
    super('method_not_allowed', `${path} does not take ${method}. Use ${listed(allowed)}.`)
  }

  override get headers(): Record<string, string> {
    return { ...super.headers, allow: this.allowed.join(', ') }
  }
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`
}
