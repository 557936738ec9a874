import type { ServerResponse } from 'node:http'
import type {} from '@nsm/card'
import type { Report } from '@nsm/schema'
import axe from 'axe-core'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import * as reports from '../../packages/card/src/fixtures/reports.js'
import { openChromium } from '../browsers/index.js'
import { type Answer, answerWith, openPage } from './page.js'

const CARD = '<nsm-card src="/report"></nsm-card>'
const FULL = reports.teamChat()

let browser: BrowserContext
const open: { close(): Promise<void> }[] = []

beforeAll(async () => {
  browser = await openChromium()
})
afterAll(() => browser.close())
afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close()
})

async function show(body: string, answer: Answer) {
  const site = await openPage(body, answer)
  const page = await browser.newPage()
  open.push(site, page)
  await page.goto(site.url)
  return { page, site }
}

const settled = (page: Page) =>
  page.waitForFunction(() => [...document.querySelectorAll('nsm-card')].every((card) => card.status !== 'loading'))

const states: Record<string, Answer> = {
  growing: answerWith(FULL),
  'guardrail breached': answerWith(reports.guardrailBreached()),
  'good signal': answerWith(reports.signalled('up', 'above')),
  'bad signal': answerWith(reports.signalled('down', 'above')),
  'by month': answerWith(reports.monthlyRatio()),
  young: answerWith(reports.young()),
  empty: answerWith(reports.empty()),
  loading: () => {},
  error: (_, response) => response.writeHead(500).end(),
  refused: (_, response) => response.writeHead(401).end(),
}

describe('accessible, and within a strict policy', () => {
  for (const [name, answer] of Object.entries(states)) {
    it(name, async () => {
      const { page } = await show(CARD, answer)
      if (name !== 'loading') await settled(page)
      await page.evaluate(axe.source)
      for (const look of [{ colorScheme: 'light' }, { colorScheme: 'dark' }, { forcedColors: 'active' }] as const) {
        await page.emulateMedia({ colorScheme: 'light', forcedColors: 'none', ...look })
        const violations = await page.evaluate(async () => {
          const { axe } = globalThis as unknown as { axe: typeof import('axe-core') }
          return (await axe.run()).violations.map(({ id, nodes }) => ({
            id,
            nodes: nodes.map((node) => node.failureSummary + node.html),
          }))
        })
        expect(violations, JSON.stringify(look)).toEqual([])
      }
      const found = await page.evaluate(() => ({
        refusals: (globalThis as unknown as { refusals: string[] }).refusals,
        styled: document.querySelector('nsm-card')?.shadowRoot?.querySelectorAll('[style]').length,
      }))
      expect(found).toEqual({ refusals: [], styled: 0 })
    })
  }
})

it('says what a person wants to know', async () => {
  const { page } = await show(CARD, answerWith(FULL))
  await settled(page)
  const text = await page.locator('nsm-card article').evaluate((article) => article.textContent.replace(/\s+/g, ' '))
  for (const words of [
    'Teams sending 20+ messages a week',
    'This week so far',
    '1,604',
    '+3.1% vs. the same point last week',
    'Last week: within its normal range',
    'Goal 1,980 teams by Jan 3, 2027',
    'Returning teams',
    'Reports per message',
    'limit 0.1%',
    'As of 2:02 PM',
  ]) {
    expect(text).toContain(words)
  }
})

it('keeps its place while it loads: the number moves nothing', async () => {
  const waiting: (() => void)[] = []
  const { page } = await show('<nsm-card src="/report" density="compact"></nsm-card>', (request, response) => {
    waiting.push(() => answerWith(FULL)(request, response))
  })
  const height = () => page.locator('nsm-card').evaluate((card) => card.getBoundingClientRect().height)
  await page.locator('nsm-card [part=skeleton]').first().waitFor()
  const before = await height()
  waiting.shift()?.()
  await settled(page)
  expect(Math.abs((await height()) - before)).toBeLessThan(2)
})

describe('a wide card', () => {
  const WIDTH = 900
  /** Where a part of the card begins and ends, in pixels from the card's left edge. */
  const extent = async (page: Page, selector: string) => {
    await page.locator('nsm-card').evaluate((card, width) => {
      card.style.width = `${width}px`
    }, WIDTH)
    const card = await page.locator('nsm-card').boundingBox()
    const box = await page.locator(`nsm-card ${selector}`).boundingBox()
    if (!card || !box) throw new Error(`${selector} is not shown.`)
    return { left: box.x - card.x, right: box.x - card.x + box.width }
  }

  it('has its chart beside its number while both are on their way', async () => {
    const waiting: (() => void)[] = []
    const { page } = await show(CARD, (request, response) => {
      waiting.push(() => answerWith(FULL)(request, response))
    })
    await page.locator('nsm-card [part=skeleton]').first().waitFor()
    const before = [await extent(page, '.head'), await extent(page, '.chart')]
    waiting.shift()?.()
    await settled(page)
    expect(before).toEqual([await extent(page, '.head'), await extent(page, '.chart')])
  })

  it('says in its middle that it is empty', async () => {
    const { page } = await show(CARD, answerWith(reports.empty()))
    await settled(page)
    const { left, right } = await extent(page, '.notice')
    expect(left + right).toBeCloseTo(WIDTH, 0)
  })
})

describe('the chart by keyboard', () => {
  const status = (page: Page) => page.locator('nsm-card [role=status]').textContent()

  it('is one tab stop; arrows, Home and End say a period, Escape leaves', async () => {
    const { page } = await show(CARD, answerWith(FULL))
    await settled(page)
    await page.keyboard.press('Tab')
    const chart = page.getByRole('application')
    expect(await chart.evaluate((element) => element.matches(':focus-visible'))).toBe(true)
    await page.keyboard.press('ArrowLeft')
    expect(await status(page)).toBe('week of Nov 16 so far, 1,604 teams, On course for about 1,878 (1,820 to 1,930)')
    await page.keyboard.press('ArrowLeft')
    expect(await status(page)).toContain('week of Nov 9, 1,832 teams, Normal range')
    await page.keyboard.press('Home')
    expect(await status(page)).toContain('week of May 18')
    expect(await page.locator('nsm-card [part=tooltip]').textContent()).toContain('May 18')
    await page.keyboard.press('Escape')
    expect(await status(page)).toBe('')
    await page.keyboard.press('Tab')
    expect(await chart.evaluate((element) => element.matches(':focus'))).toBe(false)
  })

  it('has a table that says the same', async () => {
    const { page } = await show(CARD, answerWith(FULL))
    await settled(page)
    await page.getByRole('button', { name: 'View as table' }).press('Enter')
    const rows = page.getByRole('table').getByRole('row')
    expect(await rows.nth(1).textContent()).toMatch(/week of Nov 16 so far\s*1,604 teams/)
    expect(await rows.nth(2).textContent()).toMatch(/week of Nov 9\s*1,832 teams\s*1,\d+ – 1,\d+/)
    expect(await rows.count()).toBe(28)
  })
})

it('the pointer reads the same values', async () => {
  const { page } = await show(CARD, answerWith(FULL))
  await settled(page)
  const chart = page.getByRole('application')
  const inspected = page.evaluate(
    () =>
      new Promise((resolve) =>
        addEventListener(
          'nsm-inspect',
          (event) => resolve((event as Event & { point: { period: string } }).point.period),
          { once: true },
        ),
      ),
  )
  await chart.hover({ position: { x: 6, y: 40 } })
  expect(await inspected).toBe('2026-05-18')
})

it('cards of one address share one request, with the token in a header and nowhere else', async () => {
  const { page, site } = await show(
    `${CARD}<nsm-card src="/report" metric="report_rate"></nsm-card><nsm-card src="/report" density="inline"></nsm-card>`,
    (request, response) =>
      request.headers.authorization ? answerWith(FULL)(request, response) : response.writeHead(401).end(),
  )
  await page.waitForFunction(() => document.querySelector('nsm-card')?.status === 'error')
  const before = site.requests.length
  await page.evaluate(() => {
    for (const card of document.querySelectorAll('nsm-card')) card.token = 'rt_secret'
  })
  await page.waitForFunction(() => [...document.querySelectorAll('nsm-card')].every((card) => card.status === 'ready'))
  expect(site.requests.slice(before)).toEqual([{ url: '/report', authorization: 'Bearer rt_secret' }])
  expect(await page.content()).not.toContain('rt_secret')
})

it('has a state to style by', async () => {
  const { page } = await show(CARD, answerWith(reports.guardrailBreached()))
  await settled(page)
  expect(await page.locator('nsm-card:state(breach):state(partial):state(signal)').count()).toBe(1)
  expect(await page.locator('nsm-card:state(loading), nsm-card:state(error), nsm-card:state(stale)').count()).toBe(0)
})

it('offers to try again after an error', async () => {
  let broken = true
  const { page } = await show(CARD, (request, response) => {
    if (broken) response.writeHead(503).end()
    else answerWith(FULL)(request, response)
  })
  await settled(page)
  broken = false
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByText('1,604').waitFor()
})

it('a live card shows what the server sends, and comes back when the stream breaks', async () => {
  const streams: ServerResponse[] = []
  const next = (value: number): Report => {
    const report = structuredClone(FULL)
    const metric = report.metrics['teams_20_plus']
    if (metric?.toDate) metric.toDate.value = value
    return report
  }
  const { page, site } = await show(
    '<nsm-card src="/report?grain=week" refresh="live"></nsm-card>',
    (request, response) => {
      if (!request.url?.startsWith('/report/stream')) return answerWith(FULL)(request, response)
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(`: here\n\nevent: report\ndata: ${JSON.stringify(next(1604 + streams.push(response)))}\n\n`)
    },
  )
  await page.getByText('1,605').waitFor()
  streams[0]?.write(`event: report\ndata: ${JSON.stringify(next(1700))}\n\n`)
  await page.getByText('1,700').waitFor()
  streams[0]?.destroy()
  await page.getByText('1,606').waitFor()
  expect(site.requests.map(({ url }) => url)).toContain('/report/stream?grain=week')
})

it('takes a report from inside its tag and asks for nothing', async () => {
  const json = JSON.stringify(FULL).replaceAll('<', '\\u003c')
  const { page, site } = await show(`<nsm-card><script type="application/json">${json}</script></nsm-card>`, () => {})
  await page.getByText('1,604').waitFor()
  expect(site.requests).toEqual([])
})

it('shows what stands in its tag while there is no number', async () => {
  const { page } = await show('<nsm-card src="/report">1,604 teams, on Monday</nsm-card>', (_, response) =>
    response.writeHead(500).end(),
  )
  await page.getByText('1,604 teams, on Monday').waitFor()
})

it('puts a hundred cards on a page with one request', async () => {
  const { page, site } = await show(CARD.repeat(100), answerWith(FULL))
  await settled(page)
  expect(site.requests).toHaveLength(1)
})
