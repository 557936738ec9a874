import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readlink, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { getuid } from 'node:process'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { ensureBrowser } from '../../.dev/browser.mjs'
import { type Browser, callOf, newProfile, removeProfile, type Tab } from './browser.js'
import { rendererOf } from './processes.js'

/** How Chromium is started. */
export interface ChromiumOptions {
  /** A folder that keeps storage between launches; by default a fresh one that is gone when the browser ends. */
  profile?: string
  /** Further switches. */
  args?: string[]
}

const switches = ['--disable-background-networking', ...(getuid?.() === 0 ? ['--no-sandbox'] : [])]

/** Headless Chromium as Playwright drives it, with the back/forward cache that users have. */
export async function openChromium({ profile, args = [] }: ChromiumOptions = {}): Promise<BrowserContext> {
  return chromium.launchPersistentContext(profile ?? '', {
    executablePath: await ensureBrowser('chromium'),
    args: [...switches, ...args],
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  })
}

/** Headless Chromium that nothing drives, on one page; returns what ends it. */
export async function runChromium(url: string): Promise<() => Promise<void>> {
  const profile = await newProfile()
  const args = ['--headless', '--no-first-run', `--user-data-dir=${profile}`, ...switches, url]
  const chromium = spawn(await ensureBrowser('chromium'), args, { stdio: 'ignore' })
  return async () => {
    const removeSocket = await socketOf(profile)
    chromium.kill()
    await once(chromium, 'exit')
    await removeSocket()
    await removeProfile(profile)
  }
}

/** Chromium behind the interface that all browsers share. */
export async function launchChromium(options: ChromiumOptions = {}): Promise<Browser> {
  const context = await openChromium(options)
  const devtools = await context.browser()!.newBrowserCDPSession()
  const { processInfo } = await devtools.send('SystemInfo.getProcessInfo')
  const { id: pid } = processInfo.find((process) => process.type === 'browser')!
  return {
    name: 'chromium',
    async open(url) {
      const page = await context.newPage()
      await page.goto(url)
      return tabOf(page, pid)
    },
    offline: (offline) => context.setOffline(offline),
    async kill() {
      const gone = new Promise((resolve) => context.once('close', resolve))
      const removeSocket = options.profile && (await socketOf(options.profile))
      process.kill(pid, 'SIGKILL')
      await gone
      if (removeSocket) await removeSocket()
    },
    close: () => context.close(),
  }
}

/**
 * Removes the socket of the Chromium that now uses a profile. It lies in a temporary folder of its own, which a Chromium
 * that is killed leaves.
 */
async function socketOf(profile: string): Promise<() => Promise<void>> {
  const socket = await readlink(join(profile, 'SingletonSocket'))
  return () => rm(dirname(socket), { recursive: true, force: true })
}

function tabOf(page: Page, browser: number): Tab {
  const evaluate: Tab['evaluate'] = (run, ...args) => page.evaluate(callOf(run, args))
  return {
    goto: async (url) => void (await page.goto(url)),
    evaluate,
    renderer: () => rendererOf(evaluate, browser),
    async devtools(method, parameters) {
      const session = await page.context().newCDPSession(page)
      return session.send(method as never, parameters as never)
    },
    close: () => page.close(),
  }
}
