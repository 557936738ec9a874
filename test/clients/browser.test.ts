import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { newProfile, openChromium, removeProfile } from '../browsers/index.js'
import { type ProductService, productService } from '../journey/product.js'
import { type Delivered, delivered, expectCounted } from './delivered.js'

let service: ProductService
beforeAll(async () => {
  service = await productService('examples/script-tag/northstar.json')
  await service.start()
})
afterAll(() => service?.dispose())

declare global {
  interface Window {
    start(options: { writeKey: string; host: string; batch: boolean }): void
    client: Record<string, (...args: unknown[]) => unknown>
  }
}

/** What a page calls, and what arrives. Who is null is the device, which has an id of the library's making. */
type Call = [method: string, args: unknown[], who: string | null, expected: Partial<Delivered>]
const everywhere: Call[] = [
  [
    'page',
    ['Docs', 'Home', { tab: 1 }],
    null,
    { name: '$page', properties: { name: 'Home', category: 'Docs', tab: 1 } },
  ],
  ['track', ['value_moment', { plan: 'free' }], null, { name: 'value_moment', properties: { plan: 'free' } }],
  ['identify', ['ann', { plan: 'pro' }], 'ann', { name: '$identify', properties: { plan: 'pro' } }],
  ['track', ['value_moment', { plan: 'pro' }], 'ann', { name: 'value_moment', properties: { plan: 'pro' } }],
  ['group', ['g1', { seats: 9 }], 'ann', { name: '$group', otherId: 'g1', properties: { seats: 9 } }],
  ['alias', ['ann', 'ann-before'], 'ann', { name: '$alias', otherId: 'ann-before' }],
]
/** RudderStack's library for browsers has none. */
const screen: Call = ['screen', ['Settings', 'Profile', { tab: 2 }], 'ann', { name: '$screen', properties: { tab: 2 } }]

test.each([
  ['segment', 'alone'],
  ['segment', 'in batches'],
  ['rudderstack', 'alone'],
  ['rudderstack', 'in batches'],
])(
  '%s in a browser delivers every type whole, to the millisecond, before and after the login: %s',
  async (library, way) => {
    const calls = library === 'segment' ? [...everywhere, screen] : everywhere
    const earlier = await delivered(service)
    const news = async () => (await delivered(service)).slice(earlier.length)
    const site = await siteOf(library)
    const profile = await newProfile()
    // No other host has an address.
    const browser = await openChromium({ profile, args: ['--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'] })
    onTestFinished(async () => {
      await browser.close()
      await removeProfile(profile)
      site.close()
    })
    const page = await browser.newPage()
    const hosts = new Set<string>()
    const paths = new Set<string>()
    page.on('request', (request) => {
      const { hostname, pathname } = new URL(request.url())
      hosts.add(hostname)
      if (request.method() === 'POST') paths.add(pathname)
    })
    const began = Date.now() - 30_000
    const times = calls.map((_, i) => began + i * 1_001)

    await page.clock.setFixedTime(began)
    await page.goto(site.url)
    const { host } = new URL(service.url)
    await page.evaluate((options) => window.start(options), { writeKey: 'wk_dev', host, batch: way === 'in batches' })
    for (const [i, [method, args]] of calls.entries()) {
      await page.clock.setFixedTime(times[i]!)
      await page.evaluate(([name, values]) => void window.client[name]!(...values), [method, args] as const)
      await expect.poll(async () => (await news()).length, { timeout: 20_000 }).toBe(i + 1)
    }

    const [first] = await news()
    expect(first?.anonymousId).toMatch(/^[0-9a-f-]{36}$/)
    expect(await news()).toMatchObject(
      calls.map(([type, , who, expected], i) => ({
        type,
        userId: who ?? '',
        ...(type === 'alias' ? {} : { anonymousId: first?.anonymousId }),
        time: times[i],
        ...expected,
      })),
    )
    expect([...hosts]).toEqual(['127.0.0.1'])
    expect([...paths].every((path) => /^\/v1\/b(atch)?$/.test(path))).toBe(way === 'in batches')
    await expectCounted(service, earlier.filter(({ name }) => name === 'value_moment').length + 2)
  },
)

/** A site with the library bundled into its one page. */
async function siteOf(library: string) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`pages/${library}.js`, import.meta.url))],
    bundle: true,
    format: 'iife',
    define: { 'process.env.NODE_ENV': '"production"' },
    write: false,
    outfile: 'page.js',
  })
  const script = outputFiles[0]!.text
  const server = createServer((request, response) => {
    if (request.url === '/page.js') response.setHeader('content-type', 'text/javascript').end(script)
    else response.setHeader('content-type', 'text/html').end('<!doctype html><script src="/page.js"></script>')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
