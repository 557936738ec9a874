import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { available, type Browser, newProfile, removeProfile } from './index.js'

const server = createServer((request, response) => {
  response.setHeader('content-type', 'text/html').end(`<title>${request.url}</title>`)
})
let site: string

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  site = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server.close())

const store = (value: string) =>
  new Promise<void>((resolve, reject) => {
    const open = indexedDB.open('kept')
    open.onupgradeneeded = () => open.result.createObjectStore('values')
    open.onsuccess = () => {
      const write = open.result.transaction('values', 'readwrite')
      write.objectStore('values').put(value, 'key')
      write.oncomplete = () => resolve()
      write.onerror = () => reject(write.error)
    }
  })
const stored = () =>
  new Promise<string>((resolve) => {
    const open = indexedDB.open('kept')
    open.onsuccess = () => {
      const read = open.result.transaction('values').objectStore('values').get('key')
      read.onsuccess = () => resolve(read.result)
    }
  })

describe.each(await available('chromium', 'firefox', 'webkit'))('%s', (_name, launch) => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(() => browser.close())

  test('opens pages and closes tabs', async () => {
    const tab = await browser.open(`${site}/one`)
    await tab.goto(`${site}/two`)
    expect(await tab.evaluate((greeting) => `${greeting} ${document.title}`, 'hello')).toBe('hello /two')
    await tab.close()
  })

  test('an error in the page is an error here', async () => {
    const tab = await browser.open(site)
    await expect(tab.evaluate(() => Promise.reject(new Error('as told')))).rejects.toThrow('as told')
    await tab.close()
  })
})

test.each(await available('chromium', 'firefox'))(
  '%s finds in a profile what the visit before stored',
  async (_name, launch) => {
    const profile = await newProfile()
    onTestFinished(() => removeProfile(profile))
    const first = await launch({ profile })
    await (await first.open(site)).evaluate(store, 'the visit before')
    await first.close()
    const second = await launch({ profile })
    expect(await (await second.open(site)).evaluate(stored)).toBe('the visit before')
    await second.kill()
  },
)

test.each(await available('chromium', 'firefox'))(
  'a crash in %s takes the tab and leaves what it stored',
  async (_name, launch) => {
    const browser = await launch()
    const tab = await browser.open(site)
    await tab.evaluate(store, 'before the crash')
    process.kill(await tab.renderer!(), 'SIGKILL')
    const next = await browser.open(site)
    expect(await next.evaluate(stored)).toBe('before the crash')
    await browser.close()
  },
)
