import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { Analytics } from '@segment/analytics-node'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openChromium } from '../browsers/index.js'
import { type ProductService, productService } from '../journey/product.js'

let service: ProductService
beforeAll(async () => {
  service = await productService('examples/script-tag/northstar.json')
  await service.start()
})
afterAll(() => service?.dispose())

/** All value moments that the service counts, and all people who had one. */
async function counted(): Promise<[moments: number, people: number]> {
  // Yesterday and tomorrow as well, so that midnight may come while this runs.
  const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
  const total = async (metric: string) => {
    const query = new URLSearchParams({ metric, grain: 'range', from: day(-1), to: day(1) })
    const response = await fetch(`${service.url}/v1/query?${query}`, { headers: { authorization: 'Bearer rt_dev' } })
    const { points } = (await response.json()) as { points: { value: number | null }[] }
    return points[0]?.value ?? 0
  }
  return [await total('value_moments'), await total('active_people')]
}

test("Segment's library for Node delivers to the collector, a copy as a copy", async () => {
  for (const round of ['first', 'copy']) {
    const analytics = new Analytics({ writeKey: 'wk_dev', host: service.url, path: '/v1/batch', flushAt: 15 })
    const failures: unknown[] = []
    analytics.on('error', (error) => failures.push(error))
    for (let n = 0; n < 200; n++) {
      const messageId = `segment-node-${n}`
      analytics.track({ event: 'value_moment', userId: `user-${n}`, messageId, properties: { n, round } })
    }
    await analytics.closeAndFlush()
    expect(failures).toEqual([])
    await expect.poll(counted, { timeout: 10_000 }).toEqual([200, 200])
  }
})

test.each(['standard', 'batching'])(
  "Segment's library for browsers delivers to the collector (%s)",
  async (strategy) => {
    const [moments, people] = await counted()
    const site = await segmentSite(strategy)
    const browser = await openChromium()
    const page = await browser.newPage()
    await page.goto(site.url)
    await page.evaluate(async () => {
      await window.analytics.identify('user-of-the-browser')
      for (let n = 0; n < 25; n++) await window.analytics.track('value_moment', { n })
    })
    // The batching strategy sends the rest when the page is left.
    await page.goto('about:blank')
    const person = strategy === 'standard' ? 1 : 0
    await expect.poll(counted, { timeout: 20_000 }).toEqual([moments + 25, people + person])
    await browser.close()
    site.close()
  },
)

declare global {
  interface Window {
    analytics: { identify(id: string): Promise<unknown>; track(event: string, properties: object): Promise<unknown> }
  }
}

async function segmentSite(strategy: string) {
  const integration = {
    apiKey: 'wk_dev',
    apiHost: `${new URL(service.url).host}/v1`,
    protocol: 'http',
    deliveryStrategy: { strategy, config: { size: 10, timeout: 500 } },
  }
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('pages/segment.js', import.meta.url))],
    bundle: true,
    format: 'iife',
    define: { 'process.env.NODE_ENV': '"production"' },
    write: false,
  })
  const server = createServer((request, response) => {
    if (request.url === '/segment.js') response.setHeader('content-type', 'text/javascript').end(outputFiles[0]!.text)
    else response.setHeader('content-type', 'text/html').end('<!doctype html><script src="/segment.js"></script>')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const query = new URLSearchParams({ integration: JSON.stringify(integration) })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/?${query}`,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
