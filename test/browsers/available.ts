import { env } from 'node:process'
import { type BrowserName, ensureBrowser } from '../../.dev/browser.mjs'
import type { Browser } from './browser.js'
import { launchChromium } from './chromium.js'
import { launchFirefox } from './firefox.js'
import { launchWebKit } from './webkit.js'

/** Starts a browser. WebKit keeps no profile. */
export type Launch = (options?: { profile?: string }) => Promise<Browser>

const launchers: Record<BrowserName, Launch> = {
  chromium: launchChromium,
  firefox: launchFirefox,
  webkit: launchWebKit,
}

/**
 * The named browsers as `[name, launch]`, for `test.each`. Installs what is missing. One that cannot be had on a
 * developer's machine is left out, and said so; in CI that is an error.
 */
export async function available(...names: BrowserName[]): Promise<[BrowserName, Launch][]> {
  const had: [BrowserName, Launch][] = []
  for (const name of names) {
    try {
      await ensureBrowser(name)
      had.push([name, launchers[name]])
    } catch (error) {
      if (env['CI']) throw error
      console.warn(`Not tested in ${name}: ${(error as Error).message}`)
    }
  }
  return had
}
