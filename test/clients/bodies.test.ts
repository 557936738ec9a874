import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ProductService, productService } from '../journey/product.js'
import { type Delivered, delivered } from './delivered.js'

let service: ProductService
beforeAll(async () => {
  service = await productService('examples/script-tag/northstar.json')
  await service.start()
})
afterAll(() => service?.dispose())

const HOUR = 3_600_000
const now = Date.now()
/** When the events of the table happened. */
const past = now - 2 * HOUR
const iso = (ms: number) => new Date(ms).toISOString()
const PAST = iso(past)
const SENT = iso(now)
/** How the tail of an ISO 8601 text is written by others. */
const ending = (text: string, tail: string) => text.replace(/Z$/, tail)

const writeKey = 'wk_dev'
const BASIC = { authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}` }
const properties = { plan: 'pro' }
const track = (message: object) => ({ type: 'track', event: 'value_moment', properties, ...message })

interface Sent {
  path?: string
  body: object | string
  gzip?: boolean
  /** JSON's type unless it says otherwise; null for no type at all. */
  type?: string | null
  headers?: Record<string, string>
}
/** A time of null is that of the receipt. */
type Expected = Partial<Omit<Delivered, 'time'>> & { time: number | null }

const one = (message: object, more: Partial<Sent> = {}, beside: object = {}): Sent => ({
  body: { batch: [track(message)], writeKey, ...beside },
  ...more,
})
const withBasic = (message: object, more: Partial<Sent> = {}, beside: object = {}): Sent => ({
  body: { batch: [track(message)], sentAt: SENT, ...beside },
  headers: BASIC,
  ...more,
})

/** Bodies as the libraries that cannot be run here send them, and oddities of senders of anybody's own making. */
const bodies: Record<string, [sent: Sent, expected: Expected]> = {
  'analytics-python, gzip': [
    withBasic(
      { userId: 'python', anonymousId: null, integrations: {}, timestamp: ending(PAST, '456+00:00') },
      { gzip: true },
      { sentAt: ending(SENT, '123+00:00'), writeKey },
    ),
    { userId: 'python', time: past },
  ],
  'analytics-go, nanoseconds': [
    withBasic(
      { userId: 'go', timestamp: ending(PAST, '456789Z') },
      {},
      { messageId: 'batch', sentAt: ending(SENT, '456789Z'), context: {} },
    ),
    { userId: 'go', time: past },
  ],
  'analytics-ruby, to its default path': [
    withBasic(
      { userId: 'ruby', anonymousId: null, timestamp: ending(iso(past + HOUR), '+01:00'), integrations: null },
      { path: '/v1/import' },
    ),
    { userId: 'ruby', time: past },
  ],
  'analytics-java, to its path with a slash at the end': [
    withBasic({ userId: 'java', timestamp: PAST }, { path: '/v1/import/' }, { context: {} }),
    { userId: 'java', time: past },
  ],
  'analytics-android before 4.9, gzip to the old path': [
    withBasic({ anonymousId: 'android', timestamp: PAST.replace(/\.\d+/, '') }, { path: '/v1/import', gzip: true }),
    { userId: '', anonymousId: 'android', time: Math.floor(past / 1000) * 1000 },
  ],
  'analytics-kotlin before the login: an empty userId': [
    one({ anonymousId: 'kotlin', userId: '', timestamp: PAST, context: {} }, { path: '/v1/b' }, { sentAt: SENT }),
    { userId: '', anonymousId: 'kotlin', time: past },
  ],
  'analytics-swift': [
    withBasic(
      { anonymousId: 'swift', timestamp: PAST, integrations: {}, context: {} },
      { path: '/v1/b' },
      { writeKey },
    ),
    { userId: '', anonymousId: 'swift', time: past },
  ],
  'analytics-php, empty maps as lists': [
    withBasic({ userId: 'php', timestamp: ending(PAST, '+00:00'), properties: [], context: [] }, {}, { writeKey }),
    { userId: 'php', time: past, properties: {} },
  ],
  'Analytics.NET, seven digits': [
    withBasic(
      { userId: 'net', timestamp: ending(PAST, '0000Z'), anonymousId: null, options: null },
      {},
      { sentAt: ending(SENT, '0000Z'), writeKey },
    ),
    { userId: 'net', time: past },
  ],
  'old iOS, a zone of +0000': [one({ userId: 'ios', timestamp: ending(PAST, '+0000') }), { userId: 'ios', time: past }],
  'a timestamp of null': [one({ userId: 'null-time', timestamp: null }), { userId: 'null-time', time: null }],
  'a messageId of null': [one({ userId: 'null-id', messageId: null }), { userId: 'null-id', time: null }],
  'a timestamp in milliseconds': [one({ userId: 'epoch', timestamp: past }), { userId: 'epoch', time: past }],
  'a timestamp in seconds': [one({ userId: 'seconds', timestamp: past / 1000 }), { userId: 'seconds', time: past }],
  'a timestamp without a zone, as UTC': [
    one({ userId: 'no-zone', timestamp: ending(PAST, '') }),
    { userId: 'no-zone', time: past },
  ],
  'a timestamp with a space': [
    one({ userId: 'space', timestamp: PAST.replace('T', ' ') }),
    { userId: 'space', time: past },
  ],
  'RudderStack: originalTimestamp': [
    one({ userId: 'rudder', originalTimestamp: PAST, sentAt: SENT }),
    { userId: 'rudder', time: past },
  ],
  'RudderStack in a browser before the login, alone': [
    {
      path: '/v1/track',
      body: track({ anonymousId: 'rudder-js', userId: '', channel: 'web', originalTimestamp: PAST, sentAt: SENT }),
      headers: BASIC,
    },
    { userId: '', anonymousId: 'rudder-js', time: past },
  ],
  'RudderStack, a batch with its AnonymousId header': [
    withBasic({ userId: 'rudder-batch', originalTimestamp: PAST }, { headers: { ...BASIC, AnonymousId: 'x' } }),
    { userId: 'rudder-batch', time: past },
  ],
  'an endpoint that ends in a slash': [
    one({ userId: 'slashes' }, { path: '//v1/batch' }),
    { userId: 'slashes', time: null },
  ],
  'a path that ends in a slash': [
    one({ userId: 'last-slash' }, { path: '/v1/batch/' }),
    { userId: 'last-slash', time: null },
  ],
  'a Content-Type in capitals': [
    one({ userId: 'capitals' }, { type: 'Application/JSON; Charset=UTF-8' }),
    { userId: 'capitals', time: null },
  ],
  'no Content-Type, and a byte order mark': [
    {
      body: `\ufeff${JSON.stringify({ batch: [track({ userId: 'bom' })], writeKey })}`,
      type: null,
    },
    { userId: 'bom', time: null },
  ],
  'application/vnd.api+json': [
    one({ userId: 'vnd' }, { type: 'application/vnd.api+json' }),
    { userId: 'vnd', time: null },
  ],
  'a userId of 0': [one({ userId: 0 }), { userId: '0', time: null }],
  'a clock that is an hour fast, by the message’s own sentAt': [
    one({ userId: 'fast', timestamp: iso(past + HOUR), sentAt: iso(now + HOUR) }, {}, { sentAt: SENT }),
    { userId: 'fast', time: past },
  ],
  'a type in capitals': [one({ userId: 'track', type: 'Track' }), { userId: 'track', type: 'track', time: null }],
  'RudderStack: an identify with its traits in the context': [
    { body: { batch: [{ type: 'identify', userId: 'traits', context: { traits: properties } }], writeKey } },
    { userId: 'traits', type: 'identify', time: null },
  ],
}

/** A clock that is corrected is as exact as the network is fast. */
const CORRECTED = 'a clock that is an hour fast, by the message’s own sentAt'

async function send({ path = '/v1/batch', body, type = 'application/json', gzip = false, headers = {} }: Sent) {
  // Bytes: fetch would give a string a type.
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  const response = await fetch(service.url + path, {
    method: 'POST',
    headers: {
      ...headers,
      ...(type === null ? {} : { 'content-type': type }),
      ...(gzip ? { 'content-encoding': 'gzip' } : {}),
    },
    body: gzip ? gzipSync(bytes) : bytes,
  })
  return { status: response.status, answer: await response.json() }
}

test.each(Object.keys(bodies))('%s is taken', async (name) => {
  const [sent, { time, ...expected }] = bodies[name]!
  const begun = Date.now()
  expect(await send(sent)).toMatchObject({ status: 200, answer: { success: true, accepted: 1 } })
  const ended = Date.now()
  const event = (await delivered(service)).at(-1)!
  expect(event).toMatchObject({ type: 'track', properties, ...expected })
  if (time === null) {
    expect(event.time).toBeGreaterThanOrEqual(begun)
    expect(event.time).toBeLessThanOrEqual(ended)
  } else if (name === CORRECTED) {
    expect(event.time - time).toBeGreaterThanOrEqual(0)
    expect(event.time - time).toBeLessThanOrEqual(ended - now)
  } else expect(event.time).toBe(time)
})

test('properties as a string of JSON cost only their own event', async () => {
  const batch = [track({ userId: 'text', properties: '{"a":1}' }), track({ userId: 'beside' })]
  expect(await send({ body: { batch, writeKey } })).toMatchObject({
    status: 200,
    answer: {
      accepted: 1,
      results: [
        { i: 0, code: 'invalid_message', path: 'properties', message: 'Write an object in { } here, not a string.' },
      ],
    },
  })
})

test.each([
  [
    "posthog-node's body",
    '/v1/batch',
    { api_key: writeKey, batch: [{ event: 'x', distinct_id: 'u', type: 'capture' }] },
    401,
    'missing_key',
  ],
  ["Jitsu's address", '/api/s/track', track({ userId: 'u' }), 404, 'not_found'],
] as const)('%s is refused with a code', async (_what, path, body, status, code) => {
  expect(await send({ path, body })).toMatchObject({ status, answer: { code } })
})
