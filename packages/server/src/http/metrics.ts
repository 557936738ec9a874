import type { FastifyInstance } from 'fastify'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { comparePositions, type Journal } from '../journal/index.js'
import type { ReaderProcess } from '../process/supervise.js'
import type { Code } from './codes.js'
import type { Connections } from './connections.js'
import { READ_TOKEN, text } from './route-schema.js'

/** What a service counts and times while it works. */
export interface Metrics {
  registry: Registry
  accepted: Counter
  duplicate: Counter
  rejected: Counter
  rejections: Counter<'code'>
  acknowledgement: Histogram
  commit: Histogram
  requests: Histogram<'method' | 'route' | 'status'>
}

/** What is read when somebody asks for the metrics. */
export interface Gauged {
  bodies: { readonly bytes: number }
  connections: Pick<Connections, 'open' | 'turnedAway'>
  journal: Pick<Journal, 'pendingBytes' | 'problem' | 'first' | 'end'>
  reader: Pick<ReaderProcess, 'ready' | 'applied' | 'restarts'>
}

/** Seconds. A commit takes a millisecond or a few, a report over a large store some seconds. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/** A service's own registry: several may run in one process. */
export function createMetrics(): Metrics {
  const registry = new Registry()
  const registers = [registry]
  return {
    registry,
    accepted: new Counter({ name: 'nsm_events_accepted_total', help: 'Events on disk.', registers }),
    duplicate: new Counter({
      name: 'nsm_events_duplicate_total',
      help: 'Copies that were known and not written again.',
      registers,
    }),
    rejected: new Counter({ name: 'nsm_events_rejected_total', help: 'Rejected events.', registers }),
    rejections: new Counter({
      name: 'nsm_rejections_total',
      help: 'Rejected events and requests by code.',
      labelNames: ['code'],
      registers,
    }),
    acknowledgement: new Histogram({
      name: 'nsm_acknowledgement_duration_seconds',
      help: "From a batch's headers to the answer that its events are on disk. Imports are left out.",
      buckets: BUCKETS,
      registers,
    }),
    commit: new Histogram({
      name: 'nsm_journal_commit_duration_seconds',
      help: 'Writing and syncing one commit of the journal.',
      buckets: BUCKETS,
      registers,
    }),
    requests: new Histogram({
      name: 'nsm_http_request_duration_seconds',
      help: 'From the headers of a request to the end of its answer, by route. Event streams are left out.',
      labelNames: ['method', 'route', 'status'],
      buckets: BUCKETS,
      registers,
    }),
  }
}

/** Counts an event or a request that was rejected. */
export function countRejection({ rejections }: Metrics, code: Code): void {
  rejections.inc({ code })
}

/**
 * Times every answer of `app` by the pattern of its route, so that no address makes a series of its own. Requests for
 * which there is no route share one without method and route.
 */
export function measureRequests(app: FastifyInstance, { requests }: Metrics): void {
  app.addHook('onResponse', async ({ method, routeOptions }, reply) => {
    if (String(reply.raw.getHeader('content-type')).startsWith('text/event-stream')) return
    const matched = routeOptions.url === undefined ? {} : { method, route: routeOptions.url }
    requests.observe({ ...matched, status: reply.statusCode }, reply.elapsedTime / 1_000)
  })
}

/** `GET /metrics` in Prometheus' text format, version 0.0.4, with those of the collector's own process. */
export function metricsRoutes(app: FastifyInstance, { registry }: Metrics, gauged: Gauged): void {
  addGauges(registry, gauged)
  collectDefaultMetrics({ register: registry })
  const schema = { summary: 'Metrics for Prometheus', answer: text(), security: READ_TOKEN }
  app.get('/metrics', { schema }, async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  )
}

function addGauges(registry: Registry, { bodies, connections, journal, reader }: Gauged): void {
  const registers = [registry]
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read())
      },
    })
  // For what is counted elsewhere.
  const counter = (name: string, help: string, read: () => number) =>
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset()
        this.inc(read())
      },
    })
  const isBehind = () => reader.applied === null || comparePositions(reader.applied, journal.end) < 0
  gauge('nsm_request_body_bytes', 'Memory of requests that are not answered yet.', () => bodies.bytes)
  gauge('nsm_connections', 'Open connections.', () => connections.open)
  counter(
    'nsm_connections_rejected_total',
    'Connections closed because there were too many.',
    () => connections.turnedAway,
  )
  gauge('nsm_journal_pending_bytes', 'Bytes that wait for their commit.', () => journal.pendingBytes)
  gauge('nsm_journal_writable', '1 when events can be written.', () => Number(journal.problem === null))
  gauge('nsm_journal_segments', 'Segments that are kept.', () => journal.end.segment - journal.first + 1)
  gauge('nsm_reader_ready', '1 when reports are answered.', () => Number(reader.ready))
  gauge('nsm_reader_behind', '1 when committed events are not in the store yet.', () => Number(isBehind()))
  counter('nsm_reader_restarts_total', 'Starts of the reader after its first.', () => reader.restarts)
}
