import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib'
import type { QueryRequest, Report, Tree } from '@nsm/schema'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BodyMemory } from '../collect/body-memory.js'
import { DedupWindow } from '../collect/dedup-window.js'
import { EventTail } from '../collect/event-tail.js'
import { Rejections } from '../collect/rejections.js'
import { Journal } from '../journal/index.js'
import type { ReaderProcess } from '../process/supervise.js'
import type { WatchedTree } from '../process/tree-file.js'
import { readerApp } from '../reader/app.js'
import type { ReportParameters } from '../reader/parameters.js'
import { ResponseCache } from '../reader/response-cache.js'
import { createApp } from './app.js'
import { loadDashboard } from './dashboard.js'
import { createKeyring } from './keys.js'
import { createMetrics } from './metrics.js'
import type { StaticFile } from './scripts.js'

const SCRIPTS = ['nsm.js', 'stub.js', 'nsm-card.js']
/** As large as a usual report. */
const REPORT: Report = {
  schema: 1,
  asOf: '2026-03-02T09:00:00Z',
  product: 'Chat',
  calendar: { timezone: 'UTC', weekStart: 'monday', grain: 'week', allowedLateness: '3 days' },
  northStar: ['m'],
  guardrails: [],
  revenue: null,
  review: null,
  metrics: {
    m: {
      id: 'm',
      title: 'Messages',
      sentence: 'Counts message_sent.',
      unit: null,
      direction: 'up',
      kind: 'count',
      owner: null,
      team: null,
      definitionHash: '1',
      points: Array.from({ length: 200 }, (_, i) => {
        const start = new Date(Date.UTC(2022, 0, 3 + 7 * i))
        const end = new Date(Date.UTC(2022, 0, 10 + 7 * i))
        const period = start.toISOString().slice(0, 10)
        return { period, start: start.toISOString(), end: end.toISOString(), value: i * i, state: 'final' }
      }),
      headline: null,
      toDate: null,
      normal: null,
      verdict: { state: 'not_applicable' },
      goal: null,
      limit: null,
      contributions: [],
      residual: null,
      drivers: [],
      restatements: [],
    },
  },
  signals: [],
  quality: { events: 0, late: 0, lost: null, rejected: null, ignored: {}, lastReceivedAt: null },
}
const QUERY = '?metric=m&grain=day&from=2026-03-02&to=2026-03-03'

let folder: string
let journal: Journal
let answers: { reports: ResponseCache<ReportParameters>; queries: ResponseCache<QueryRequest> }
let reader: FastifyInstance
let app: FastifyInstance
let port: number
/** Every method and address that the app has a route for. */
const routes: { method: string; url: string }[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nsm-app-'))
  journal = await Journal.open(join(folder, 'journal'))
  const options = {
    compute: async () => REPORT,
    etagInput: (answer: object) => answer,
    clock: () => 0,
    onError: () => {},
    atOnce: 2,
  }
  answers = { reports: new ResponseCache(options), queries: new ResponseCache(options) }
  const logger = pino({ level: 'silent' })
  reader = readerApp(answers, logger)
  const socketPath = join(folder, 'reader.sock')
  await reader.listen({ path: socketPath })

  const keys = createKeyring({}, '127.0.0.1')
  const tree = { tree: { events: {} } as unknown as Tree, problem: null } as WatchedTree
  const dashboard = await loadDashboard()
  const files = new Map(dashboard)
  // The script files may not be built when this runs; any file will do.
  for (const name of SCRIPTS) files.set(name, dashboard.get('dashboard.js') as StaticFile)
  const onCreate = (message: unknown) => {
    ;(message as { fastify: FastifyInstance }).fastify.addHook('onRoute', ({ method, url }) => {
      for (const name of [method].flat()) routes.push({ method: name, url })
    })
  }
  subscribe('fastify.initialization', onCreate)
  app = createApp({
    journal,
    reader: { ready: true, problem: null, applied: null, restarts: 0, onDown: () => {} } as unknown as ReaderProcess,
    tree,
    socketPath,
    files,
    logger,
    dashboard: { keys, host: '127.0.0.1', files, tree },
    collector: {
      journal,
      keys,
      dedupWindow: new DedupWindow(),
      rejections: new Rejections(),
      bodies: new BodyMemory(),
      eventTail: new EventTail(),
      metrics: createMetrics(),
      now: Date.now,
    },
  })
  unsubscribe('fastify.initialization', onCreate)
  await app.listen({ host: '127.0.0.1', port: 0 })
  port = (app.server.address() as AddressInfo).port
})
afterAll(async () => {
  await app.close()
  await reader.close()
  answers.reports.close()
  answers.queries.close()
  await journal.close()
  await rm(folder, { recursive: true })
})

/** Asks as a raw client: nothing is decoded. Only the head is waited for. */
async function head(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string | Buffer,
): Promise<IncomingMessage> {
  const asked = request({
    port,
    host: '127.0.0.1',
    method,
    path,
    headers: { authorization: 'Bearer sk_dev', ...headers },
  })
  asked.end(body)
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  answer.on('error', () => {})
  return answer
}

async function ask(...asked: Parameters<typeof head>) {
  const answer = await head(...asked)
  const chunks: Buffer[] = []
  for await (const chunk of answer) chunks.push(chunk)
  return { status: answer.statusCode, headers: answer.headers, body: Buffer.concat(chunks) }
}

/** Those that two answers to the same question may differ in, and how the bytes are framed. */
function withoutMoving({
  date: _,
  connection: __,
  'keep-alive': ___,
  'transfer-encoding': ____,
  ...headers
}: IncomingHttpHeaders) {
  return headers
}

/** The metrics are others each time they are asked for. */
const withoutLength = ({ 'content-length': _, ...headers }: IncomingHttpHeaders) => headers

const pathOf = (url: string) => (url === '/v1/query' ? `${url}${QUERY}` : url.replace('*', 'nothing'))
const gets = () => [...new Set(routes.filter(({ method }) => method === 'GET').map(({ url }) => url))]

describe('every route', () => {
  it('forbids browsers to guess the type of what it answers', async () => {
    expect(routes.length).toBeGreaterThan(40)
    const without: string[] = []
    for (const { method, url } of routes) {
      for (const authorization of ['Bearer sk_dev', 'Bearer none']) {
        const answer = await head(method, pathOf(url), { authorization }, method === 'POST' ? '{}' : undefined)
        answer.destroy()
        if (answer.headers['x-content-type-options'] !== 'nosniff') without.push(`${method} ${url}`)
      }
    }
    expect(without).toEqual([])
  })

  it.each([
    ['plain', {}],
    ['compressed', { 'accept-encoding': 'br' }],
    ['an event stream', { accept: 'text/event-stream' }],
  ])('that takes GET takes HEAD, with the same headers (%s)', async (_, headers) => {
    expect(gets().length).toBeGreaterThan(15)
    for (const url of gets()) {
      const get = await head('GET', pathOf(url), headers)
      get.destroy()
      const answer = await ask('HEAD', pathOf(url), headers)
      const compared = (headers: IncomingHttpHeaders) =>
        withoutMoving(url === '/metrics' ? withoutLength(headers) : headers)
      expect({ url, status: answer.status, headers: compared(answer.headers) }).toEqual({
        url,
        status: 200,
        headers: compared(get.headers),
      })
      expect(answer.body).toHaveLength(0)
    }
  })

  it('stands in the OpenAPI document, and nothing else does', async () => {
    const { paths } = JSON.parse(String((await ask('GET', '/openapi.json')).body)) as { paths: Record<string, object> }
    const documented = Object.entries(paths).flatMap(([url, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${url}`),
    )
    // HEAD and preflights are the same for all.
    const own = routes.filter(({ method }) => method !== 'HEAD' && method !== 'OPTIONS')
    const answered = own.map(({ method, url }) => `${method} ${url}`)
    expect(documented.sort()).toEqual([...new Set(answered)].sort())
  })
})

describe('a request for which there is no route', () => {
  it.each([
    ['JSON that is none', { 'content-type': 'application/json' }, '{'],
    ['a compressed body', { 'content-type': 'application/json', 'content-encoding': 'gzip' }, gzipSync('{"a":1}')],
    ['a type that nothing reads', { 'content-type': 'image/png' }, 'x'],
    ['more than may be sent', { 'content-type': 'application/json' }, `"${'x'.repeat(2_000_000)}"`],
  ])('is told so, whatever its body: %s', async (_, headers, body) => {
    for (const path of ['/flags/?v=2', '/v1/flags/?v=2']) {
      const answer = await ask('POST', path, headers as unknown as Record<string, string>, body)
      expect([answer.status, JSON.parse(String(answer.body))]).toEqual([
        404,
        { success: false, code: 'not_found', message: `There is nothing at POST ${path.split('?')[0]}.` },
      ])
    }
  })

  it.each([
    ['GET', '/v1/batch', 'POST, OPTIONS'],
    ['POST', '/v1/report/', 'GET, HEAD, OPTIONS'],
    ['DELETE', '//healthz', 'GET, HEAD'],
    ['TRACE', '/', 'GET, HEAD'],
    ['PUT', '/nsm.js', 'GET, HEAD'],
    ['PROPFIND', '/v1/import', 'POST, OPTIONS'],
  ])('but for other methods is told which: %s %s', async (method, path, allow) => {
    const answer = await ask(method, path)
    expect(answer.status).toBe(405)
    expect(answer.headers.allow?.split(', ').sort()).toEqual(allow.split(', ').sort())
    expect(JSON.parse(String(answer.body))).toMatchObject({ success: false, code: 'method_not_allowed' })
    expect(answer.headers['x-content-type-options']).toBe('nosniff')
  })

  it('can be read by a page of another origin below /v1', async () => {
    for (const path of ['/v1/nothing', '/v1/batch']) {
      expect((await ask('PUT', path)).headers['access-control-allow-origin']).toBe('*')
    }
  })
})

describe('a report', () => {
  const plain = JSON.stringify(REPORT)

  it.each([
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ])('is sent as %s when asked', async (encoding, decode) => {
    const answer = await ask('GET', '/v1/report', { 'accept-encoding': encoding })
    expect(answer.headers).toMatchObject({ 'content-encoding': encoding, vary: 'accept-encoding' })
    expect(answer.headers).not.toHaveProperty('content-length')
    expect(String(decode(answer.body))).toBe(plain)
    expect(answer.body.length).toBeLessThan(plain.length / 3)
  })

  it('is sent plain to whom cannot decode', async () => {
    const answer = await ask('GET', '/v1/report')
    expect(answer.headers).not.toHaveProperty('content-encoding')
    expect(answer.headers).toMatchObject({ vary: 'accept-encoding', 'content-length': String(plain.length) })
    expect(String(answer.body)).toBe(plain)
  })

  it.each([['br'], ['identity']])('that has not changed is not sent again (%s)', async (encoding) => {
    const headers = { 'accept-encoding': encoding }
    const first = await ask('GET', '/v1/report', headers)
    const etag = String(first.headers.etag)
    expect(etag.startsWith('W/')).toBe(encoding === 'br')
    const again = await ask('GET', '/v1/report', { ...headers, 'if-none-match': etag })
    expect([again.status, again.headers.etag, again.headers.vary]).toEqual([304, etag, 'accept-encoding'])
    expect(again.headers).not.toHaveProperty('content-encoding')
  })

  it('as a stream comes at once and as it is, whatever the client can decode', async () => {
    for (const path of ['/v1/report/stream', '/v1/live']) {
      const answer = await head('GET', path, { 'accept-encoding': 'br, gzip', accept: 'text/event-stream' })
      expect(answer.headers).not.toHaveProperty('content-encoding')
      const [chunk] = await once(answer, 'data')
      expect(String(chunk)).toMatch(/^(event|:)/)
      answer.destroy()
    }
  })

  it('of more periods than the engine computes is rejected before it is asked for', async () => {
    const { paths } = JSON.parse(String((await ask('GET', '/openapi.json')).body))
    const { schema } = paths['/v1/report'].get.parameters.find(({ name }: { name: string }) => name === 'periods')
    expect(schema.maximum).toBe(500)
    expect((await ask('GET', '/v1/report?periods=500')).status).toBe(200)
    const rejected = await ask('GET', '/v1/report?periods=501')
    expect(JSON.parse(String(rejected.body))).toMatchObject({ code: 'invalid_parameter', path: 'periods' })
  })
})

describe('a bad parameter', () => {
  const rejection = (path: string, message: string) => ({ success: false, code: 'invalid_parameter', message, path })
  const cases: [string, object][] = [
    ['/v1/report?grain=year', rejection('grain', 'A grain is one of day, week, month, quarter.')],
    ['/v1/report?periods=many', rejection('periods', 'Write a whole number.')],
    ['/v1/report?periods=0', rejection('periods', 'Ask for at least one period.')],
    ['/v1/report?periods=1.5', rejection('periods', 'Write a whole number.')],
    ['/v1/card.txt?weeks=3', rejection('', 'Unknown: "weeks".')],
    [
      '/v1/report/stream?asOf=yesterday',
      rejection('asOf', 'Write a time as ISO 8601 with a zone, such as 2026-03-02T09:00:00Z.'),
    ],
    ['/v1/query', rejection('metric', 'This is missing; write a string.')],
    [`/v1/query${QUERY}&segment=a&segment=b`, rejection('segment', 'Write a string here.')],
    ['/nsm.js?v=a&v=b', rejection('v', 'Write a string here.')],
  ]

  it.each(cases)('is named, with what to write: %s', async (path, expected) => {
    const answer = await ask('GET', path)
    expect([answer.status, JSON.parse(String(answer.body))]).toEqual([400, expected])
  })

  it('is answered after the key: a stranger learns nothing', async () => {
    const answer = await ask('GET', '/v1/report?grain=year', { authorization: 'Bearer nobody' })
    expect([answer.status, JSON.parse(String(answer.body)).code]).toEqual([401, 'unknown_key'])
  })
})

it('a small answer is not compressed', async () => {
  const answer = await head('GET', '/healthz', { 'accept-encoding': 'br' })
  expect(answer.headers).not.toHaveProperty('content-encoding')
  expect(await text(answer)).toBe('{"alive":true}')
})
