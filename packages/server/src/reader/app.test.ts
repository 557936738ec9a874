import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { connect } from 'node:net'
import type { QueryRequest } from '@nsm/schema'
import { pino } from 'pino'
import { expect, it } from 'vitest'
import { readerApp } from './app.js'
import type { ReportParameters } from './parameters.js'
import { ResponseCache } from './response-cache.js'

it('large answers that are not read keep further large ones out until they are gone; small ones always come', async () => {
  const options = {
    compute: async () => ({ filler: 'x'.repeat(20_000_000) }),
    etagInput: (answer: object) => answer,
    clock: () => 0,
    onError: () => {},
    atOnce: 2,
  }
  const reports = new ResponseCache<ReportParameters>(options)
  const queries = new ResponseCache<QueryRequest>({ ...options, compute: async () => ({ small: true }) })
  const app = readerApp({ reports, queries }, pino({ level: 'silent' }), 30_000_000)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const readers: Socket[] = []
  for (let i = 0; i < 2; i++) {
    const socket = connect(port, '127.0.0.1')
    socket.write(`GET /v1/report HTTP/1.1\r\nhost: reader\r\n\r\n`)
    await once(socket, 'readable')
    readers.push(socket)
  }
  const rejected = await fetch(`http://127.0.0.1:${port}/v1/report`)
  expect([rejected.status, rejected.headers.get('retry-after')]).toEqual([503, '2'])
  expect(await rejected.json()).toMatchObject({ code: 'overloaded' })
  const small = await fetch(`http://127.0.0.1:${port}/v1/query?metric=m&grain=day&from=2026-03-02&to=2026-03-03`)
  expect([small.status, await small.json()]).toEqual([200, { small: true }])
  for (const socket of readers) socket.destroy()
  await expect
    .poll(async () => {
      const response = await fetch(`http://127.0.0.1:${port}/v1/report`)
      await response.arrayBuffer()
      return response.status
    })
    .toBe(200)
  reports.close()
  queries.close()
  await app.close()
})

it('the card of a metric that cannot be computed says why, with a code', async () => {
  const error = { code: 'store_unreachable', path: '', message: 'The store does not answer.' }
  const options = {
    compute: async () => ({ schema: 1, metrics: { m: { error } } }),
    etagInput: (answer: object) => answer,
    clock: () => 0,
    onError: () => {},
    atOnce: 1,
  }
  const reports = new ResponseCache<ReportParameters>(options)
  const queries = new ResponseCache<QueryRequest>(options)
  const app = readerApp({ reports, queries }, pino({ level: 'silent' }))
  const answer = await app.inject('/v1/card.txt?metric=m')
  expect([answer.statusCode, answer.json()]).toEqual([
    503,
    { success: false, code: 'metric_unavailable', message: 'The store does not answer.' },
  ])
  reports.close()
  queries.close()
  await app.close()
})
