import fastify, { type FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { allowAnyOrigin } from './cors.js'
import { handleErrors } from './error-handler.js'
import { answerUnknownAddresses } from './not-found.js'

let app: FastifyInstance
beforeEach(async () => {
  app = fastify({ exposeHeadRoutes: false })
  handleErrors(app)
  const answerUnknown = answerUnknownAddresses(app)
  app.register(
    async (v1) => {
      allowAnyOrigin(v1)
      answerUnknown(v1)
      v1.register(async (routes) => {
        routes.addHook('onRequest', async (_request, reply) => reply.code(401).send())
        routes.get('/report', async () => 'report')
      })
      v1.register(async (routes) => {
        routes.post('/batch', async () => 'batch')
        routes.get('/users/:id', async () => 'user')
        routes.delete('/users/:id', async () => 'erased')
      })
    },
    { prefix: '/v1' },
  )
  await app.ready()
})
afterEach(() => app.close())

const preflight = (url: string, method = 'POST', asked?: string, more: Record<string, string> = {}) =>
  app.inject({
    method: 'OPTIONS',
    url,
    headers: {
      origin: 'https://shop.example',
      'access-control-request-method': method,
      ...(asked === undefined ? {} : { 'access-control-request-headers': asked }),
      ...more,
    },
  })

describe('a preflight', () => {
  it('of any origin is allowed the headers that it asks for', async () => {
    const asked = 'anonymousid,authorization,content-type,rsa-since-last-attempt'
    const answer = await preflight('/v1/batch', 'POST', asked)
    expect(answer.statusCode).toBe(204)
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-headers': asked,
      'access-control-max-age': '86400',
      vary: 'access-control-request-headers',
    })
  })

  it.each([
    ['a word that is no header name', 'x-ok, not ok'],
    ['a byte that splits headers', 'x-ok:\u00e9'],
    ['an empty name', 'x-ok,,y'],
    ['the wildcard and something', '*;q=1'],
    ['more than any library asks for', Array.from({ length: 200 }, (_, i) => `x-header-${i}`).join(',')],
    ['nothing', undefined],
  ])('that asks for %s is told the usual headers', async (_what, asked) => {
    const answer = await preflight('/v1/batch', 'POST', asked)
    expect(answer.headers['access-control-allow-headers']).toMatch(/^authorization, content-type, /)
  })

  it('is told the methods of the address', async () => {
    const methods = async (url: string) => (await preflight(url)).headers['access-control-allow-methods']
    expect(await methods('/v1/batch')).toBe('POST, OPTIONS')
    expect(await methods('/v1/users/ann')).toBe('GET, DELETE, OPTIONS')
  })

  it('needs no key', async () => {
    const answer = await preflight('/v1/report', 'GET', 'authorization')
    expect([answer.statusCode, answer.headers['access-control-allow-methods']]).toEqual([204, 'GET, OPTIONS'])
  })

  it('is answered where there is nothing, so that the page sees the 404', async () => {
    expect((await preflight('/v1/nothing')).statusCode).toBe(204)
    const answer = await app.inject({ method: 'POST', url: '/v1/nothing' })
    expect([answer.statusCode, answer.headers['access-control-allow-origin']]).toEqual([404, '*'])
  })

  it('is never allowed credentials or a private network', async () => {
    const answer = await preflight('/v1/batch', 'POST', 'content-type', {
      cookie: 'a=b',
      'access-control-request-private-network': 'true',
    })
    expect(answer.headers).not.toHaveProperty('access-control-allow-credentials')
    expect(answer.headers).not.toHaveProperty('access-control-allow-private-network')
  })
})

describe('an answer', () => {
  it('may be read by a page of any origin, with what tells it when to come again', async () => {
    const answer = await app.inject({ method: 'POST', url: '/v1/batch', headers: { origin: 'https://shop.example' } })
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-expose-headers': 'etag, retry-after',
    })
    expect(answer.headers).not.toHaveProperty('access-control-allow-credentials')
  })
})
