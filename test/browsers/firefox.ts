import { existsSync } from 'node:fs'
import { join } from 'node:path'
import puppeteer, { type Page } from 'puppeteer-core'
import { vi } from 'vitest'
import { ensureBrowser } from '../../.dev/browser.mjs'
import { type Browser, callOf, newProfile, removeProfile, type Tab } from './browser.js'
import { descendants, killAll, rendererOf } from './processes.js'

/** Headless Firefox over WebDriver BiDi. A profile folder keeps storage between launches; without one none is left. */
export async function launchFirefox({ profile }: { profile?: string } = {}): Promise<Browser> {
  // Puppeteer's own temporary profile outlives a Firefox that is killed.
  const folder = profile ?? (await newProfile())
  const removed = async () => {
    if (!profile) await removeProfile(folder)
  }
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: await ensureBrowser('firefox'),
    userDataDir: folder,
    headless: true,
  })
  const main = browser.process()!
  return {
    name: 'firefox',
    async open(url) {
      const page = await browser.newPage()
      await page.goto(url)
      return tabOf(page, main.pid!)
    },
    async kill() {
      killAll([main.pid!, ...(await descendants(main.pid!))])
      await browser.close().catch(() => {})
      // Puppeteer puts the profile's preferences back when it sees the end; before that nobody can start with it.
      await vi.waitUntil(() => !['prefs.js', 'user.js'].some((file) => existsSync(join(folder, `${file}.puppeteer`))))
      await removed()
    },
    async close() {
      await browser.close()
      await removed()
    },
  }
}

function tabOf(page: Page, browser: number): Tab {
  const evaluate: Tab['evaluate'] = (run, ...args) => page.evaluate(callOf(run, args)) as never
  return {
    goto: async (url) => void (await page.goto(url)),
    evaluate,
    renderer: () => rendererOf(evaluate, browser),
    close: () => page.close(),
  }
}
