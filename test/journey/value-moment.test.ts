import { readFile } from 'node:fs/promises'
import type { BrowserContext, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { serveExamples } from '../../.dev/examples.mjs'
import { openChromium } from '../browsers/index.js'
import { type ProductService, productService } from './product.js'

/** How soon an accepted event must be on the card. */
const LIVE_MS = 2_000

let service: ProductService
let site: Awaited<ReturnType<typeof serveExamples>>
/** The person with the product open, and the team with the dashboard open: two browsers, so that one can be offline. */
let visitor: BrowserContext
let team: BrowserContext
let product: Page
let dashboard: Page

beforeAll(async () => {
  service = await productService('examples/script-tag/northstar.json')
  await service.start()
  site = await serveExamples(service.url, 0)
  ;[visitor, team] = await Promise.all([openChromium(), openChromium()])
  product = await visitor.newPage()
  dashboard = await team.newPage()
  await Promise.all([product.goto(`${site.url}/script-tag/`), dashboard.goto(service.url)])
})

afterAll(async () => {
  await Promise.all([visitor?.close(), team?.close()])
  await site?.close()
  await service?.dispose()
})

afterEach(async () => {
  await visitor.setOffline(false)
})

const button = (page: Page): Locator => page.locator('[data-nsm-track="value_moment"]').first()
const card = (): Locator => dashboard.locator('nsm-card[metric="value_moments"]').first()

/** The number a person reads on the card. */
async function shown(): Promise<number> {
  // biome-ignore lint/performance/useDomNodeTextContent: hidden text is not what a person reads
  const text = await card().locator('[part~="value"]').first().innerText()
  return Number(text.replaceAll(/[^\d.-]/g, ''))
}

async function becomes(value: number, within: number): Promise<void> {
  await expect.poll(shown, { timeout: within, interval: 50 }).toBe(value)
}

describe('a value moment', () => {
  it('is on the card within two seconds, without a reload', async () => {
    await card().getByText('No data yet').waitFor()
    for (let click = 0; click < 3; click++) await button(product).click()
    await becomes(3, LIVE_MS)
  })

  it('is taken from a tracker whose endpoint ends in a slash', async () => {
    const sent = await fetch(`${service.url}//v1/batch`, { method: 'POST', body: '{"writeKey":"wk_dev","batch":[]}' })
    expect(sent.status).toBe(200)
  })

  it('is still there after a reload of either page', async () => {
    await Promise.all([product.reload(), dashboard.reload()])
    await becomes(3, 10_000)
  })

  it('is counted once when the service dies between the click and the request', async () => {
    const before = await shown()
    await service.kill()
    await button(product).click()
    await button(product).click()
    await service.start()
    await becomes(before + 2, 30_000)
  })

  it('is counted once when the service dies right after it has answered', async () => {
    const before = await shown()
    const answered = product.waitForResponse((response) => response.url().endsWith('/v1/batch') && response.ok())
    await button(product).click()
    await answered
    await service.kill()
    await service.start()
    await becomes(before + 1, 30_000)
  })

  it('is counted when it happened offline', async () => {
    const before = await shown()
    await visitor.setOffline(true)
    await button(product).click()
    await expect.poll(() => product.evaluate(() => navigator.onLine)).toBe(false)
    await visitor.setOffline(false)
    await becomes(before + 1, 30_000)
  })

  it('is counted when the page is left at once', async () => {
    const before = await shown()
    await button(product).click()
    await product.close()
    product = await visitor.newPage()
    await product.goto(`${site.url}/script-tag/`)
    await becomes(before + 1, 30_000)
  })

  it('is counted once however often the copies arrive', async () => {
    const before = await shown()
    await product.route('**/v1/batch', async (route) => {
      await route.fetch()
      await route.abort()
    })
    await button(product).click()
    await becomes(before + 1, 30_000)
    await product.unroute('**/v1/batch')
    // The page still holds the event, because it never saw an answer: it sends it again, and the number stays.
    const again = product.waitForResponse((response) => response.url().endsWith('/v1/batch') && response.ok())
    await product.reload()
    await again
    await button(product).click()
    await becomes(before + 2, 30_000)
  })
})

it('the dashboard names every metric before the first report is there', async () => {
  const page = await team.newPage()
  await page.route('**/v1/report*', () => {})
  await page.goto(service.url)
  await page.getByRole('heading', { name: 'Script tag' }).waitFor()
  for (const title of ['Weekly value moments', 'Visitors', 'Complaints per value moment']) {
    await page.getByRole('heading', { name: title, exact: true }).waitFor()
  }
  expect(await page.locator('nsm-card [aria-busy=true]').count()).toBe(6)
  await page.close()
})

it('the dashboard asks again as soon as the service answers, however long it did not', async () => {
  const page = await team.newPage()
  await page.clock.install()
  await page.goto(service.url)
  await page.locator('nsm-card [part~="value"]').first().waitFor()
  await team.setOffline(true)
  const stale = page.getByText('Not up to date').first()
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
  // Each failure doubles the time to the next question, up to five minutes.
  for (let failure = 0; failure < 8; failure++) {
    const failed = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/v1/report'))
    await page.clock.fastForward(400_000)
    await failed
  }
  await stale.waitFor()
  await page.getByText('The service does not answer.').waitFor()
  await team.setOffline(false)
  const answered = page.waitForResponse((response) => response.url().endsWith('/v1/report'))
  await page.clock.runFor(10_000)
  await answered
  await stale.waitFor({ state: 'hidden' })
  await page.close()
})

it('the dashboard says apart from its words that a token is refused', async () => {
  const page = await team.newPage()
  await page.route('**/v1/tree', (route) => route.fulfill({ status: 401, json: {} }))
  await page.goto(service.url)
  await page.getByLabel('Read token').fill('rt_wrong')
  await page.getByRole('button', { name: 'Show' }).click()
  const refused = page.getByRole('alert').filter({ hasText: 'does not know this token' })
  await refused.waitFor()
  const color = (element: Element) => getComputedStyle(element).color
  expect(await refused.evaluate(color)).not.toBe(await page.locator('#sign-in p').first().evaluate(color))
  const field = await page.getByLabel('Read token').boundingBox()
  expect((await refused.boundingBox())?.y ?? 0).toBeGreaterThan((field?.y ?? 0) + (field?.height ?? 0) + 4)
  await page.close()
})

it('keeps its tree to those who hold a read token', async () => {
  const asked = (key: string) => fetch(`${service.url}/v1/tree`, { headers: { authorization: `Bearer ${key}` } })
  expect((await asked('wk_dev')).status).toBe(403)
  expect(await (await asked('rt_dev')).json()).toMatchObject({ product: 'Script tag', northStar: ['value_moments'] })
})

it('the stub to paste is the built one, on the terminal and on the dashboard', async () => {
  const stub = await readFile(new URL('../../packages/sdk/dist/stub.js', import.meta.url), 'utf8')
  const line = `<script>${stub.split('\n')[0]?.replace(/;$/, '')}</script>\n`
  await expect.poll(() => service.said()).toContain(line)
  expect(await dashboard.locator('#snippets pre').first().textContent()).toContain(line)
})

it('nothing lies over what is to be pasted, however narrow the page', async () => {
  const page = await team.newPage()
  await page.setViewportSize({ width: 360, height: 800 })
  await page.goto(service.url)
  // Both at one instant: above them the cards still grow.
  const room = await page
    .locator('.snippet')
    .first()
    .evaluate((snippet) => {
      const [code, copy] = ['pre', 'button'].map((name) => snippet.querySelector(name)?.getBoundingClientRect())
      return code && copy ? code.top - copy.bottom : Number.NaN
    })
  expect(room).toBeGreaterThanOrEqual(0)
  await page.close()
})

it('is shown by the page that embeds the card, wherever the service listens', async () => {
  const page = await team.newPage()
  await page.goto(`${site.url}/dashboard`)
  await page.locator('nsm-card [part~="value"]').first().waitFor()
  await page.close()
})

it('both pages are quiet: no error in either console', async () => {
  const problems: string[] = []
  const fresh = await team.newPage()
  fresh.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
  fresh.on('pageerror', (error) => problems.push(String(error)))
  await fresh.goto(service.url)
  await fresh.locator('nsm-card [part~="value"]').first().waitFor()
  await fresh.goto(`${site.url}/script-tag/`)
  expect(problems).toEqual([])
})
