import fastify, { type FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { countRejection, createMetrics, type Gauged, type Metrics, measureRequests, metricsRoutes } from './metrics.js'

let app: FastifyInstance
let metrics: Metrics
let gauged: {
  bodies: { bytes: number }
  connections: { open: number; turnedAway: number }
  journal: {
    pendingBytes: number
    problem: string | null
    first: number
    end: { segment: number; offset: number }
  }
  reader: { ready: boolean; applied: { segment: number; offset: number } | null; restarts: number }
} & Gauged

beforeEach(() => {
  metrics = createMetrics()
  gauged = {
    bodies: { bytes: 0 },
    connections: { open: 0, turnedAway: 0 },
    journal: { pendingBytes: 0, problem: null, first: 3, end: { segment: 5, offset: 100 } },
    reader: { ready: true, applied: { segment: 5, offset: 100 }, restarts: 0 },
  }
  app = fastify()
  measureRequests(app, metrics)
  metricsRoutes(app, metrics, gauged)
})
afterEach(() => app.close())

/** Every sample of `GET /metrics`: `name{labels}` to value. */
async function samples(): Promise<Record<string, number>> {
  const { body } = await app.inject('/metrics')
  const lines = body.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  )
}

describe('the metrics', () => {
  it('are in the text format that Prometheus reads, each with its type', async () => {
    const { statusCode, headers, body } = await app.inject('/metrics')
    expect([statusCode, headers['content-type']]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8'])
    const types = Object.fromEntries(
      [...body.matchAll(/^# TYPE (nsm_\w+) (\w+)$/gm)].map(([, name, type]) => [name, type]),
    )
    expect(types).toEqual({
      nsm_events_accepted_total: 'counter',
      nsm_events_duplicate_total: 'counter',
      nsm_events_rejected_total: 'counter',
      nsm_rejections_total: 'counter',
      nsm_acknowledgement_duration_seconds: 'histogram',
      nsm_journal_commit_duration_seconds: 'histogram',
      nsm_http_request_duration_seconds: 'histogram',
      nsm_request_body_bytes: 'gauge',
      nsm_connections: 'gauge',
      nsm_connections_rejected_total: 'counter',
      nsm_journal_pending_bytes: 'gauge',
      nsm_journal_writable: 'gauge',
      nsm_journal_segments: 'gauge',
      nsm_reader_ready: 'gauge',
      nsm_reader_behind: 'gauge',
      nsm_reader_restarts_total: 'counter',
    })
  })

  it('count rejections by code', async () => {
    countRejection(metrics, 'too_old')
    countRejection(metrics, 'too_old')
    countRejection(metrics, 'unknown_key')
    expect(await samples()).toMatchObject({
      'nsm_rejections_total{code="too_old"}': 2,
      'nsm_rejections_total{code="unknown_key"}': 1,
    })
  })

  it('say what is so when they are asked for, however often', async () => {
    gauged.connections.turnedAway = 7
    gauged.reader.restarts = 2
    await samples()
    gauged.bodies.bytes = 1_024
    gauged.connections.open = 4
    gauged.journal.pendingBytes = 512
    expect(await samples()).toMatchObject({
      nsm_request_body_bytes: 1_024,
      nsm_connections: 4,
      nsm_connections_rejected_total: 7,
      nsm_journal_pending_bytes: 512,
      nsm_journal_segments: 3,
      nsm_reader_restarts_total: 2,
    })
  })

  it.each([
    ['is up to date', { ready: true, applied: { segment: 5, offset: 100 } }, [1, 0]],
    ['has events to apply', { ready: true, applied: { segment: 5, offset: 99 } }, [1, 1]],
    ['is not there yet', { ready: false, applied: null }, [0, 1]],
  ])('tell when the reader %s', async (_, reader, expected) => {
    Object.assign(gauged.reader, reader)
    const { nsm_reader_ready: ready, nsm_reader_behind: behind } = await samples()
    expect([ready, behind]).toEqual(expected)
  })

  it('tell when the journal cannot be written', async () => {
    expect((await samples())['nsm_journal_writable']).toBe(1)
    gauged.journal.problem = 'The disk is full.'
    expect((await samples())['nsm_journal_writable']).toBe(0)
  })

  it('have the memory and CPU of the process', async () => {
    expect(await samples()).toMatchObject({
      process_cpu_seconds_total: expect.any(Number),
      process_resident_memory_bytes: expect.any(Number),
      nodejs_eventloop_lag_p99_seconds: expect.any(Number),
    })
  })

  it('are those of one service each', async () => {
    createMetrics().accepted.inc(5)
    metrics.accepted.inc(2)
    expect((await samples())['nsm_events_accepted_total']).toBe(2)
  })
})

describe('the time of a request', () => {
  const count = (labels: string) => `nsm_http_request_duration_seconds_count${labels}`

  it('goes under the pattern of its route, not under its address', async () => {
    app.get('/things/:id', async () => 'thing')
    for (const id of ['1', '2', '3?secret=x']) await app.inject(`/things/${id}`)
    const all = await samples()
    expect(all).toMatchObject({ [count('{method="GET",route="/things/:id",status="200"}')]: 3 })
    expect(Object.keys(all).filter((name) => name.includes('secret'))).toEqual([])
  })

  it('goes under its status', async () => {
    app.get('/fails', async (_request, reply) => reply.code(503).send())
    await app.inject('/fails')
    expect(await samples()).toMatchObject({ [count('{method="GET",route="/fails",status="503"}')]: 1 })
  })

  it('shares one series with all others for which there is no route', async () => {
    for (const url of ['/wp-login.php', '/.env', '/.git/config']) await app.inject(url)
    await app.inject({ method: 'DELETE', url: '/metrics' })
    expect(await samples()).toMatchObject({ [count('{status="404"}')]: 4 })
  })

  it('is not that of an event stream, which may last for days', async () => {
    app.get('/stream', async (_request, reply) => reply.type('text/event-stream').send('data: 1\n\n'))
    await app.inject('/stream')
    expect(Object.keys(await samples()).filter((name) => name.includes('/stream'))).toEqual([])
  })
})
