import RudderStack from '@rudderstack/rudder-sdk-node'
import { Analytics } from '@segment/analytics-node'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { type ProductService, productService } from '../journey/product.js'
import { type Delivered, delivered, expectCounted } from './delivered.js'

let service: ProductService
beforeAll(async () => {
  service = await productService('examples/script-tag/northstar.json')
  await service.start()
})
afterAll(() => service?.dispose())
afterEach(() => vi.useRealTimers())

/** What both libraries have: a method for each type, which takes a message. */
type Client = Record<Delivered['type'], (message: object) => unknown>

const libraries: Record<string, () => { client: Client; send: () => Promise<unknown> }> = {
  "Segment's": () => {
    const analytics = new Analytics({ writeKey: 'wk_dev', host: service.url, path: '/v1/batch' })
    return { client: analytics as unknown as Client, send: () => analytics.closeAndFlush() }
  },
  "RudderStack's": () => {
    const rudder = new RudderStack('wk_dev', { dataPlaneUrl: service.url, logLevel: 'none', retryCount: 0 })
    return { client: rudder as unknown as Client, send: () => rudder.flush() }
  },
}

const before = { anonymousId: 'device' }
const after = { userId: 'ann', anonymousId: 'device' }
const calls: [type: string, message: Partial<Delivered> & Record<string, unknown>, expected: Partial<Delivered>][] = [
  ['track', { ...before, event: 'value_moment', properties: { plan: 'free', n: 1 } }, { name: 'value_moment' }],
  [
    'page',
    { ...before, name: 'Home', category: 'Docs', properties: { path: '/' } },
    { name: '$page', properties: { name: 'Home', category: 'Docs', path: '/' } },
  ],
  ['identify', { ...after, traits: { plan: 'pro' } }, { name: '$identify', properties: { plan: 'pro' } }],
  ['alias', { userId: 'ann', previousId: 'ann-before' }, { name: '$alias', otherId: 'ann-before' }],
  [
    'group',
    { ...after, groupId: 'g', traits: { seats: 9 } },
    { name: '$group', otherId: 'g', properties: { seats: 9 } },
  ],
  ['screen', { ...after, name: 'Settings', properties: { tab: 2 } }, { properties: { name: 'Settings', tab: 2 } }],
  ['track', { ...after, event: 'value_moment', properties: { plan: 'pro', list: ['a'] } }, { name: 'value_moment' }],
]

test.each(Object.keys(libraries))(
  '%s library for Node delivers every type whole, to the millisecond',
  async (library) => {
    const earlier = await delivered(service)
    const { client, send } = libraries[library]!()
    const now = Date.now()
    // The first message is sent at once by one of them, so only the others can have been waiting for two hours.
    const times = calls.map((_, i) => (i === 0 ? now - 1_234 : now - 7_200_000 + i))
    vi.useFakeTimers({ toFake: ['Date'] })
    for (const [i, [type, message]] of calls.entries()) {
      vi.setSystemTime(times[i]!)
      client[type]!(message)
    }
    vi.setSystemTime(now)
    await send()
    vi.useRealTimers()

    const news = (await delivered(service))
      .slice(earlier.length)
      .sort((a, b) => times.indexOf(a.time) - times.indexOf(b.time))
    expect(news).toMatchObject(
      calls.map(([type, { event: _, ...message }, expected], i) => {
        const { userId = '', anonymousId = '', properties = {} } = message
        return { type, userId, anonymousId, properties, time: times[i], ...expected }
      }),
    )
    await expectCounted(service, earlier.filter(({ name }) => name === 'value_moment').length + 2)
  },
)

test("a time that the caller of RudderStack's library gives is taken as it is", async () => {
  const earlier = await delivered(service)
  const { client, send } = libraries["RudderStack's"]!()
  const timestamp = new Date(Date.now() - 86_400_000)
  client['track']!({ ...after, event: 'complaint', timestamp })
  await send()
  expect((await delivered(service)).slice(earlier.length)).toMatchObject([{ time: timestamp.getTime() }])
})
