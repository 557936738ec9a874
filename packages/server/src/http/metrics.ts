import type { FastifyInstance } from 'fastify'
import type { Collector } from '../collect/routes.js'
import { comparePositions } from '../journal/index.js'
import type { Connections } from './connections.js'
import type { Parts } from './health.js'

type Sample = [labels: string, value: number]

/** `GET /metrics` in Prometheus' text format, version 0.0.4. */
export function metricsRoutes(
  app: FastifyInstance,
  { counters, rejections, bodies }: Collector,
  parts: Parts,
  connections: Connections,
): void {
  app.get('/metrics', async (_request, reply) => {
    const { journal, reader } = parts
    const rejected = [...counters.rejected].map(([code, count]): Sample => [`{code="${code}"}`, count])
    const behind = reader.applied === null || comparePositions(reader.applied, journal.end) < 0
    const text = [
      metric('nsm_events_accepted_total', 'counter', 'Events on disk.', [['', counters.accepted]]),
      metric('nsm_events_duplicate_total', 'counter', 'Copies that were known and not written again.', [
        ['', counters.duplicate],
      ]),
      metric('nsm_rejections_total', 'counter', 'Rejected events and requests by code.', rejected),
      metric('nsm_events_rejected_total', 'counter', 'Rejected events.', [['', rejections.total]]),
      metric('nsm_request_body_bytes', 'gauge', 'Memory of requests that are not answered yet.', [['', bodies.bytes]]),
      metric('nsm_connections', 'gauge', 'Open connections.', [['', connections.open]]),
      metric('nsm_connections_rejected_total', 'counter', 'Connections closed because there were too many.', [
        ['', connections.turnedAway],
      ]),
      metric('nsm_journal_pending_bytes', 'gauge', 'Bytes that wait for their commit.', [['', journal.pendingBytes]]),
      metric('nsm_journal_writable', 'gauge', '1 when events can be written.', [
        ['', journal.problem === null ? 1 : 0],
      ]),
      metric('nsm_journal_segments', 'gauge', 'Segments that are kept.', [
        ['', journal.end.segment - journal.first + 1],
      ]),
      metric('nsm_reader_ready', 'gauge', '1 when reports are answered.', [['', reader.ready ? 1 : 0]]),
      metric('nsm_reader_behind', 'gauge', '1 when committed events are not in the store yet.', [['', behind ? 1 : 0]]),
      metric('nsm_reader_restarts_total', 'counter', 'Starts of the reader after its first.', [['', reader.restarts]]),
    ].join('')
    return reply.type('text/plain; version=0.0.4; charset=utf-8').send(text)
  })
}

function metric(name: string, type: 'counter' | 'gauge', help: string, samples: readonly Sample[]): string {
  const lines = samples.map(([labels, value]) => `${name}${labels} ${value}\n`)
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`
}
