import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import type { QueryRequest, Report, Tree } from '@nsm/schema'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp } from './app.js'
import { BodyMemory } from './collect/body-memory.js'
import { createCounters } from './collect/counters.js'
import { Live } from './collect/live.js'
import { RecentIds } from './collect/recent.js'
import { Refusals } from './collect/refusals.js'
import { loadDashboard } from './dashboard.js'
import { Journal } from './journal/index.js'
import { createKeyring } from './keys.js'
import { readerApp } from './reader/app.js'
import type { ReportParameters } from './reader/parameters.js'
import { SharedAnswers } from './reader/shared-answers.js'
import type { StaticFile } from './scripts.js'
import type { ReaderProcess } from './supervise.js'
import type { WatchedTree } from './tree-file.js'

const SCRIPTS = ['nsm.js', 'stub.js', 'nsm-card.js']
/** As large as a usual report. */
const REPORT: Report = {
  schema: 1,
  asOf: '2026-03-02T09:00:00Z',
  product: 'Chat',
  calendar: { timezone: 'UTC', weekStart: 'monday', grain: 'week', late: '3 days' },
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

let folder: string
let journal: Journal
let answers: { reports: SharedAnswers<ReportParameters>; queries: SharedAnswers<QueryRequest> }
let reader: FastifyInstance
let app: FastifyInstance
let port: number

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nsm-app-'))
  journal = await Journal.open(join(folder, 'journal'))
  const options = {
    compute: async () => REPORT,
    substance: (answer: object) => answer,
    clock: () => 0,
    onError: () => {},
    atOnce: 2,
  }
  answers = { reports: new SharedAnswers(options), queries: new SharedAnswers(options) }
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
      recent: new RecentIds(),
      refusals: new Refusals(),
      bodies: new BodyMemory(),
      live: new Live(),
      counters: createCounters(),
      now: Date.now,
    },
  })
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

  it('of more periods than the engine computes is refused before it is asked for', async () => {
    const { paths } = JSON.parse(String((await ask('GET', '/openapi.json')).body))
    const { schema } = paths['/v1/report'].get.parameters.find(({ name }: { name: string }) => name === 'periods')
    expect(schema.maximum).toBe(500)
    expect((await ask('GET', '/v1/report?periods=500')).status).toBe(200)
    const refused = await ask('GET', '/v1/report?periods=501')
    expect(JSON.parse(String(refused.body))).toMatchObject({ code: 'invalid_parameter', path: 'periods' })
  })
})

it('a small answer is not compressed', async () => {
  const answer = await head('GET', '/healthz', { 'accept-encoding': 'br' })
  expect(answer.headers).not.toHaveProperty('content-encoding')
  expect(await text(answer)).toBe('{"alive":true}')
})
