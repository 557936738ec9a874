import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import type { Event } from '@nsm/schema'
import { LIMITS } from '@nsm/schema'
import fastify, { type FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { allowAnyOrigin } from '../http/cors.js'
import { handleErrors } from '../http/error-handler.js'
import { createKeyring } from '../http/keys.js'
import { createMetrics } from '../http/metrics.js'
import { JournalError } from '../journal/index.js'
import { BodyMemory } from './body-memory.js'
import { DedupWindow } from './dedup-window.js'
import { EventTail } from './event-tail.js'
import { importRoutes } from './import.js'
import { Rejections } from './rejections.js'
import { type Collector, collectRoutes } from './routes.js'

const NOW = Date.parse('2026-03-02T09:00:00Z')
let app: FastifyInstance
let written: Event[]
let collector: Collector

beforeEach(async () => {
  written = []
  collector = {
    journal: {
      append: async (payload: Buffer) => {
        for (const line of payload.toString().trim().split('\n')) written.push(JSON.parse(line))
      },
    },
    keys: createKeyring({ writeKeys: ['wk_test'], readTokens: ['rt_test'], secretKeys: ['sk_test'] }, '127.0.0.1'),
    dedupWindow: new DedupWindow(),
    rejections: new Rejections(),
    bodies: new BodyMemory(),
    eventTail: new EventTail(),
    metrics: createMetrics(),
    now: () => NOW,
  }
  app = fastify()
  handleErrors(app)
  app.register(
    async (v1) => {
      allowAnyOrigin(v1)
      v1.register(async (routes) => collectRoutes(routes, collector))
      v1.register(async (routes) => importRoutes(routes, collector))
    },
    { prefix: '/v1' },
  )
  await app.ready()
})
afterEach(() => app.close())

const track = (changes: object = {}) => ({
  type: 'track',
  messageId: 'm1',
  event: 'message_sent',
  userId: 'u1',
  timestamp: '2026-03-02T08:59:00Z',
  ...changes,
})
/** The samples of these metrics. */
async function metricsOf(...names: string[]): Promise<string[]> {
  const texts = await Promise.all(names.map((name) => collector.metrics.registry.getSingleMetricAsString(name)))
  return texts.flatMap((text) => text.split('\n').filter((line) => line !== '' && !line.startsWith('#')))
}
const post = (body: object | string | Buffer, headers: Record<string, string> = {}, url = '/v1/batch') =>
  app.inject({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', authorization: 'Bearer wk_test', ...headers },
    payload: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
  })

describe('the metrics', () => {
  it('count every event once: as accepted, as a duplicate or as rejected', async () => {
    await post({ batch: [track(), track(), track({ messageId: 'm2', event: '' })] })
    await post({ batch: [track(), track({ messageId: 'm3' })] })
    await post(`${JSON.stringify(track({ messageId: 'm4' }))}\n{`, { authorization: 'Bearer sk_test' }, '/v1/import')
    expect(
      await metricsOf('nsm_events_accepted_total', 'nsm_events_duplicate_total', 'nsm_events_rejected_total'),
    ).toEqual(['nsm_events_accepted_total 4', 'nsm_events_duplicate_total 1', 'nsm_events_rejected_total 2'])
  })

  it('count a request that was rejected as a whole by its code alone', async () => {
    await post('{', {})
    expect(await metricsOf('nsm_events_rejected_total', 'nsm_rejections_total')).toEqual([
      'nsm_events_rejected_total 0',
      'nsm_rejections_total{code="invalid_json"} 1',
    ])
  })

  it('time acknowledgements, and neither rejections nor imports', async () => {
    const acknowledged = async () => {
      const { values } = await collector.metrics.acknowledgement.get()
      return values.find(({ metricName }) => metricName?.endsWith('_count'))?.value
    }
    await post({ batch: [track()] })
    expect(await acknowledged()).toBe(1)
    await post('{')
    await post({ batch: [track()] }, { authorization: 'Bearer nobody' })
    await post(JSON.stringify(track({ messageId: 'm2' })), { authorization: 'Bearer sk_test' }, '/v1/import')
    expect(await acknowledged()).toBe(1)
  })
})

describe('a batch', () => {
  it('is answered with what became of it', async () => {
    const answer = await post({ batch: [track(), track({ messageId: 'm2', event: '' })] })
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toEqual({
      success: false,
      accepted: 1,
      duplicate: 0,
      rejected: 1,
      results: [{ i: 1, status: 400, code: 'invalid_message', path: 'event', message: 'A name cannot be empty.' }],
    })
    expect(written.map((event) => event.messageId)).toEqual(['m1'])
  })

  it('is known again when it is sent again', async () => {
    await post({ batch: [track()] })
    expect((await post({ batch: [track()] })).json()).toMatchObject({ success: true, accepted: 0, duplicate: 1 })
    expect(written).toHaveLength(1)
  })

  it('that could not be written is not known when it is sent again', async () => {
    const { append } = collector.journal
    collector.journal.append = () => Promise.reject(new JournalError('journal_unwritable', '/data is full'))
    const rejected = await post({ batch: [track()] })
    expect(rejected.statusCode).toBe(503)
    expect(rejected.headers['retry-after']).toBe('2')
    expect(rejected.json().message).not.toContain('/data')
    collector.journal.append = append
    expect((await post({ batch: [track()] })).json()).toMatchObject({ accepted: 1, duplicate: 0 })
  })

  it('has its sender’s clock put right', async () => {
    const hourSlow = { sentAt: '2026-03-02T08:00:00Z', batch: [track({ timestamp: '2026-03-02T07:59:00Z' })] }
    await post(hourSlow)
    expect(written[0]?.time).toBe(Date.parse('2026-03-02T08:59:00Z'))
  })

  it('shares its context with its events, which may say otherwise', async () => {
    await post({ context: { app: 'a', os: 'x' }, batch: [track({ context: { os: 'y' } })] })
    expect(written[0]?.context).toEqual({ app: 'a', os: 'y' })
  })

  it('does not let the public say when it was received', async () => {
    await post({ batch: [track({ receivedAt: '2020-01-01T00:00:00Z' })] })
    expect(written[0]?.receivedAt).toBe(NOW)
    await post({ batch: [track({ messageId: 'm2', receivedAt: 'yesterday' })] })
    expect(written[1]?.receivedAt).toBe(NOW)
  })

  it('may be text/plain with the key inside, as a beacon sends it', async () => {
    const answer = await post(
      { writeKey: 'wk_test', batch: [track()] },
      { 'content-type': 'text/plain;charset=UTF-8', authorization: '' },
    )
    expect(answer.json()).toMatchObject({ accepted: 1 })
  })

  it.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
  ] as const)('may be %s', async (encoding, compress) => {
    const body = compress(JSON.stringify({ batch: [track()] }))
    expect((await post(body, { 'content-encoding': encoding })).json()).toMatchObject({ accepted: 1 })
  })
})

describe('an event', () => {
  it('older than 30 days is rejected with the reason; the others stay', async () => {
    const old = track({ messageId: 'old', timestamp: '2026-01-30T08:59:00Z' })
    const answer = await post({ batch: [old, track()] })
    expect(answer.json()).toMatchObject({ accepted: 1, results: [{ i: 0, code: 'too_old', path: 'timestamp' }] })
  })

  it('over 32 kB is rejected', async () => {
    const answer = await post({ batch: [track({ properties: { text: 'ü'.repeat(LIMITS.eventBytes / 2) } })] })
    expect(answer.json()).toMatchObject({ results: [{ status: 413, code: 'event_too_large' }] })
  })

  it('of 32 kB exactly is taken', async () => {
    const empty = JSON.stringify(track({ properties: { text: '' } })).length
    const answer = await post({ batch: [track({ properties: { text: 'x'.repeat(LIMITS.eventBytes - empty) } })] })
    expect(answer.json()).toMatchObject({ accepted: 1 })
  })

  it('nested beyond reason is rejected', async () => {
    const deep = JSON.parse(`${'{"a":'.repeat(40)}1${'}'.repeat(40)}`)
    expect((await post({ batch: [track({ properties: deep })] })).json()).toMatchObject({
      results: [{ code: 'too_deep' }],
    })
  })

  it('may be sent alone to the address of its type', async () => {
    const answer = await post({ userId: 'u1', groupId: 'g1', traits: { plan: 'pro' } }, {}, '/v1/group')
    expect(answer.json()).toMatchObject({ success: true, accepted: 1 })
    expect(written[0]).toMatchObject({ name: '$group', otherId: 'g1', properties: { plan: 'pro' } })
  })

  it('sent alone and rejected has the rejection’s status', async () => {
    const answer = await post({ userId: 'u1' }, {}, '/v1/track')
    expect(answer.statusCode).toBe(400)
    expect(answer.json()).toMatchObject({ results: [{ code: 'invalid_message', path: 'event' }] })
  })
})

describe('a request', () => {
  it.each([
    ['no key', { authorization: '' }, 401, 'missing_key'],
    ['an unknown key', { authorization: 'Bearer nobody' }, 401, 'unknown_key'],
    ['a read token', { authorization: 'Bearer rt_test' }, 403, 'insufficient_permissions'],
    ['an unknown encoding', { 'content-encoding': 'zstd' }, 415, 'unsupported_encoding'],
    ['an encoding that it has not', { 'content-encoding': 'gzip' }, 400, 'invalid_encoding'],
    ['an unknown type', { 'content-type': 'application/xml' }, 415, 'unsupported_media_type'],
  ])('with %s is rejected', async (_what, headers, status, code) => {
    const answer = await post({ batch: [track()] }, headers as Record<string, string>)
    expect([answer.statusCode, answer.json().code]).toEqual([status, code])
    expect(written).toEqual([])
  })

  it('takes the key as the user of Basic', async () => {
    const authorization = `Basic ${Buffer.from('wk_test:').toString('base64')}`
    expect((await post({ batch: [track()] }, { authorization })).statusCode).toBe(200)
  })

  it('that is not JSON, or no batch, is told so', async () => {
    expect((await post('{"batch":')).json()).toMatchObject({ code: 'invalid_json' })
    expect((await post({ events: [] })).json()).toMatchObject({ code: 'invalid_body', path: 'batch' })
  })

  it('with too many events is rejected as a whole', async () => {
    const answer = await post({ batch: Array.from({ length: LIMITS.batchEvents + 1 }, () => 0) })
    expect([answer.statusCode, answer.json().code]).toEqual([413, 'too_many_events'])
  })

  it('that inflates beyond 1 MB is rejected while inflating', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * LIMITS.batchBytes, ' '))
    const answer = await post(bomb, { 'content-encoding': 'gzip' })
    expect([answer.statusCode, answer.json().code]).toEqual([413, 'batch_too_large'])
  })

  it('whose shared context would multiply it is rejected', async () => {
    const context = { text: 'x'.repeat(20_000) }
    const batch = Array.from({ length: 1_000 }, (_, i) => track({ messageId: String(i) }))
    expect((await post({ context, batch })).json()).toMatchObject({ code: 'batch_too_large' })
    expect(written).toEqual([])
  })

  it('beyond what the collector can hold is rejected, and nothing of it is kept', async () => {
    collector.bodies = new BodyMemory({ keyedBytes: 1_000 })
    const answer = await post({ batch: [track({ properties: { text: 'x'.repeat(1_000) } })] })
    expect([answer.statusCode, answer.json().code]).toEqual([503, 'overloaded'])
    expect(answer.headers['retry-after']).toBe('2')
    expect(written).toEqual([])
  })

  it('takes no more memory than it has, compressed or of unknown length', async () => {
    collector.bodies = new BodyMemory({ keyedBytes: 50_000 })
    const compressed = gzipSync(JSON.stringify({ batch: [track({ messageId: 'small' })] }))
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => post(compressed, { 'content-encoding': 'gzip' })),
    )
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([200]))
  })

  it('that inflates to more than there is room for is rejected', async () => {
    collector.bodies = new BodyMemory({ keyedBytes: 5_000 })
    const batch = [track({ properties: { text: 'x'.repeat(10_000) } })]
    const answer = await post(gzipSync(JSON.stringify({ batch })), { 'content-encoding': 'gzip' })
    expect([answer.statusCode, answer.json().code]).toEqual([503, 'overloaded'])
  })

  it('with an unknown key is rejected before its body is read', async () => {
    const answer = await post('{"batch":', { authorization: 'Bearer wk_nobody' })
    expect([answer.statusCode, answer.json().code]).toEqual([401, 'unknown_key'])
  })

  it('with a key in its body takes room of the keyed only when the key is known', async () => {
    collector.bodies = new BodyMemory({ keyedBytes: 10, unkeyedBytes: 10_000 })
    const inside = (writeKey: string) => post({ writeKey, batch: [track()] }, { authorization: '' })
    expect((await inside('wk_nobody')).json()).toMatchObject({ code: 'unknown_key' })
    expect((await inside('wk_test')).json()).toMatchObject({ code: 'overloaded' })
    expect(collector.bodies.bytes).toBe(0)
  })

  it.each([3_000, 20_000, 200_000])('with one event nested %i levels keeps the others', async (levels) => {
    const deep = '['.repeat(levels) + ']'.repeat(levels)
    const event = JSON.stringify(track({ messageId: 'deep', properties: { a: 0 } })).replace('"a":0', `"a":${deep}`)
    const nameless = event.replace('"message_sent"', '""')
    const others = [track({ messageId: 'm1' }), track({ messageId: 'm2' })].map((other) => JSON.stringify(other))
    const answer = await post(`{"batch":[${others[0]},${event},${nameless},${others[1]}]}`)
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toMatchObject({
      accepted: 2,
      results: [
        { i: 1, code: 'too_deep' },
        { i: 2, code: 'too_deep' },
      ],
    })
    expect(written.map(({ messageId }) => messageId)).toEqual(['m1', 'm2'])
    expect(collector.eventTail.latest).toHaveLength(2)
    expect(await metricsOf('nsm_events_accepted_total', 'nsm_events_rejected_total', 'nsm_rejections_total')).toEqual([
      'nsm_events_accepted_total 2',
      'nsm_events_rejected_total 2',
      'nsm_rejections_total{code="too_deep"} 2',
    ])
    expect(JSON.stringify(collector.rejections.list())).toContain('too_deep')
  })

  it('gives its room back', async () => {
    await post({ batch: [track()] })
    await post('nonsense')
    expect(collector.bodies.bytes).toBe(0)
  })

  it.each([
    ['with a byte order mark', `\ufeff${JSON.stringify({ batch: [track()] })}`, {}],
    ['whose charset is in capitals', { batch: [track()] }, { 'content-type': 'Application/JSON; Charset=UTF-8' }],
    ['of a kind of JSON', { batch: [track()] }, { 'content-type': 'application/vnd.api+json' }],
  ])('%s is read', async (_what, body, headers) => {
    expect((await post(body, headers as Record<string, string>)).json()).toMatchObject({ accepted: 1 })
  })

  it('is kept among the rejections, without its key', async () => {
    await post({ writeKey: 'wk_test', userId: 'u1' }, {}, '/v1/track')
    await post({ userId: 'u2' }, {}, '/v1/track')
    const [group] = collector.rejections.list()
    expect(group).toMatchObject({ code: 'invalid_message', path: 'event', count: 2 })
    expect(JSON.stringify(collector.rejections.list())).not.toContain('wk_test')
  })
})

describe('an import', () => {
  const send = (lines: string[], headers: Record<string, string> = {}) =>
    post(
      gzipSync(lines.join('\n')),
      {
        authorization: 'Bearer sk_test',
        'content-type': 'application/x-ndjson',
        'content-encoding': 'gzip',
        ...headers,
      },
      '/v1/import',
    )

  it('takes history as it was, and says which lines it did not take', async () => {
    const answer = await send([
      JSON.stringify(track({ messageId: 'h1', timestamp: '2019-05-01T10:00:00Z' })),
      '',
      'nonsense',
      JSON.stringify(track({ messageId: 'h2', timestamp: undefined })),
      JSON.stringify(track({ messageId: 'h3', timestamp: '2019-05-02T10:00:00Z', receivedAt: '2019-05-03T10:00:00Z' })),
    ])
    expect(answer.json()).toMatchObject({
      success: false,
      accepted: 2,
      rejected: 2,
      results: [
        { i: 1, code: 'invalid_json' },
        { i: 2, code: 'missing_timestamp', path: 'timestamp' },
      ],
    })
    expect(written.map(({ time, receivedAt }) => [time, receivedAt])).toEqual([
      [Date.parse('2019-05-01T10:00:00Z'), NOW],
      [Date.parse('2019-05-02T10:00:00Z'), Date.parse('2019-05-03T10:00:00Z')],
    ])
  })

  it('does not guess when a line was received', async () => {
    const answer = await send([JSON.stringify(track({ receivedAt: 'yesterday' }))])
    expect(answer.json()).toMatchObject({ accepted: 0, results: [{ code: 'invalid_message', path: 'receivedAt' }] })
  })

  it('does not take an old sending for a wrong clock', async () => {
    await send([JSON.stringify(track({ timestamp: '2019-05-01T10:00:00Z', sentAt: '2019-05-01T10:00:05Z' }))])
    expect(written[0]?.time).toBe(Date.parse('2019-05-01T10:00:00Z'))
  })

  it('may be far longer than a batch', async () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => JSON.stringify(track({ messageId: `long-${i}` })))
    expect((await send(lines)).json()).toMatchObject({ success: true, accepted: 20_000 })
    expect(written).toHaveLength(20_000)
  })

  it('may begin with a byte order mark', async () => {
    const lines = [`\ufeff${JSON.stringify(track())}`, JSON.stringify(track({ messageId: 'm2' }))]
    expect((await send(lines)).json()).toMatchObject({ success: true, accepted: 2 })
  })

  it('needs the secret key, and says what a write key may send there', async () => {
    const answer = await send(['{}'], { authorization: 'Bearer wk_test' })
    expect([answer.statusCode, answer.json().code]).toEqual([403, 'insufficient_permissions'])
    expect(answer.json().message).toBe(
      'A write key can only send a batch here. To import JSON lines, use a secret key.',
    )
    for (const type of ['application/x-ndjson', 'text/plain']) {
      const keyless = await send(['{}', '{}'], { authorization: '', 'content-type': type })
      expect([keyless.statusCode, keyless.json().code]).toEqual([401, 'missing_key'])
    }
    expect((await send(['{}'], { authorization: 'Bearer rt_test' })).json()).toMatchObject({
      code: 'insufficient_permissions',
      message: 'This takes a secret key; the one sent is a read key.',
    })
  })

  it('with a write key that does not say that it is JSON lines is told what takes them', async () => {
    const lines = [JSON.stringify(track()), JSON.stringify(track({ messageId: 'm2' }))]
    const headers = { authorization: 'Bearer wk_test', 'content-type': 'text/plain' }
    expect((await send(lines, headers)).json()).toMatchObject({
      code: 'invalid_json',
      message: expect.stringMatching(/To import JSON lines, use a secret key\.$/),
    })
    expect((await send(lines.slice(1), headers)).json()).toMatchObject({
      code: 'invalid_body',
      message: 'Send { "batch": [messages] }. To import JSON lines, use a secret key.',
    })
    expect(written).toEqual([])
  })

  it('that is a batch is told where batches go', async () => {
    const answer = await send([JSON.stringify({ batch: [track()] })])
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'invalid_body'])
    expect(answer.json().message).toContain('Send a batch to /v1/batch, or use a write key here.')
  })

  it('that breaks off in the middle of a compressed body is rejected', async () => {
    const body = gzipSync(
      Array.from({ length: 1_000 }, (_, i) => JSON.stringify(track({ messageId: `${i}` }))).join('\n'),
    )
    const answer = await post(
      body.subarray(0, body.length / 2),
      { authorization: 'Bearer sk_test', 'content-encoding': 'gzip' },
      '/v1/import',
    )
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'invalid_encoding'])
    expect(collector.bodies.bytes).toBe(0)
  })
})

describe('a batch at the address of imports, where Segment’s older libraries send it', () => {
  const basic = { authorization: `Basic ${Buffer.from('wk_test:').toString('base64')}` }

  it('is a batch for a write key, compressed or not', async () => {
    const body = JSON.stringify({ batch: [track({ messageId: 'm1' })] })
    expect((await post(body, basic, '/v1/import')).json()).toMatchObject({ success: true, accepted: 1 })
    const compressed = gzipSync(JSON.stringify({ batch: [track({ messageId: 'm2' })] }))
    const answer = await post(compressed, { ...basic, 'content-encoding': 'gzip' }, '/v1/import')
    expect(answer.json()).toMatchObject({ success: true, accepted: 1 })
    expect(written.map(({ messageId }) => messageId)).toEqual(['m1', 'm2'])
  })

  it('may have its key inside', async () => {
    const inside = (writeKey: string) => post({ writeKey, batch: [track()] }, { authorization: '' }, '/v1/import')
    expect((await inside('wk_nobody')).json()).toMatchObject({ code: 'unknown_key' })
    expect((await inside('wk_test')).json()).toMatchObject({ accepted: 1 })
  })

  it('has the limits and the horizon of a batch', async () => {
    const old = await post({ batch: [track({ timestamp: '2019-05-01T10:00:00Z' })] }, basic, '/v1/import')
    expect(old.json()).toMatchObject({ accepted: 0, results: [{ code: 'too_old' }] })
    const large = await post({ batch: [], pad: 'x'.repeat(LIMITS.batchBytes) }, basic, '/v1/import')
    expect([large.statusCode, large.json().code]).toEqual([413, 'batch_too_large'])
    expect(collector.bodies.bytes).toBe(0)
  })
})

describe('a connection', () => {
  it('that ends in the middle of a body gives its room back', async () => {
    await app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = app.server.address() as AddressInfo
    const socket = connect(port, '127.0.0.1')
    const request = once(app.server, 'request')
    socket.write(
      'POST /v1/batch HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\ncontent-type: text/plain\r\n\r\n{"batch"',
    )
    const [, response] = await request
    await expect.poll(() => collector.bodies.bytes).toBe('{"batch"'.length)
    const closed = once(response, 'close')
    socket.destroy()
    await closed
    expect(collector.bodies.bytes).toBe(0)
  })
})
