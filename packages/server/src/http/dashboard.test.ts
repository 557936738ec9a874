import type { Tree } from '@nsm/schema'
import fastify, { type FastifyInstance } from 'fastify'
import { afterEach, describe, expect, it } from 'vitest'
import { dashboardRoutes, loadDashboard } from './dashboard.js'
import { createKeyring, type KeyOptions } from './keys.js'

let app: FastifyInstance
afterEach(() => app.close())

async function start(host: string, keys: KeyOptions = {}) {
  app = fastify()
  const tree = { events: { signed: {}, '</script>': { value: true } } } as unknown as Tree
  dashboardRoutes(app, { keys: createKeyring(keys, host), host, files: await loadDashboard(), tree: { tree } })
  return app
}
const own = { writeKeys: ['wk_own'], readTokens: ['rt_own'], secretKeys: ['sk_own'] }
const setupOf = (html: string) => JSON.parse(/<script id="setup"[^>]*>(.*?)<\/script>/s.exec(html)?.[1] ?? '')

describe('the dashboard', () => {
  it('knows the development token on this machine', async () => {
    const answer = await (await start('127.0.0.1')).inject({ url: '/', headers: { host: 'localhost:4600' } })
    expect(setupOf(answer.body)).toMatchObject({ token: 'rt_dev', writeKey: 'wk_dev', event: '</script>' })
  })

  it.each([
    ['by a name that was pointed here', { host: 'evil.example' }],
    ['through a proxy', { host: 'localhost', 'x-forwarded-for': '203.0.113.9' }],
  ])('asks for a token when it is reached %s', async (_how, headers) => {
    const answer = await (await start('127.0.0.1')).inject({ url: '/', headers })
    expect(setupOf(answer.body)).toMatchObject({ token: null, event: null })
  })

  it('never shows a token or a secret that was given', async () => {
    const answer = await (await start('127.0.0.1', own)).inject({ url: '/', headers: { host: 'localhost' } })
    expect(setupOf(answer.body)).toMatchObject({ token: null, writeKey: 'wk_own' })
    expect(answer.body).not.toMatch(/rt_own|sk_own/)
  })

  it('runs nothing but its own files', async () => {
    const answer = await (await start('0.0.0.0', own)).inject('/')
    const policy = String(answer.headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toContain('unsafe')
    expect(answer.body).not.toMatch(/style=|onclick=/)
  })
})
