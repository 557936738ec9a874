import { readFileSync } from 'node:fs'
import { env } from 'node:process'
import type { Tracker } from '@nsm/sdk'
import { afterAll, type ExpectStatic, type TestContext, test } from 'vitest'
import { available, type Browser, type Launch, newProfile, removeProfile, type Tab } from '../browsers/index.js'
import { type Collector, startCollector } from './collector.js'
import { type PageOptions, type Site, startSite, type Tracked } from './site.js'

declare global {
  interface Window {
    nsm: Tracker
    /** The first of two copies. */
    first: Tracker
    /** What the tracker told developers. */
    warnings: string[]
    told: { outcome: string; ids: string[]; reason?: string; status?: number; wait?: number }[]
    /** Whether the page came out of the back/forward cache. */
    persisted: boolean
    trackMany(from: number, count: number, bytes?: number): string[]
    /** Tracks in a worker of the page. */
    inWorker: Record<'dedicated' | 'shared' | 'service', (from: number, count: number) => Promise<string[]>>
    worker: Worker
    /** What the page does by itself. */
    work: { armed: Set<string>; writes: number }
  }
}

/** A browser, a product's site and a collector, each on an origin of its own, and a ledger of what was tracked. */
export interface World {
  readonly browser: Browser
  /** Which of the scenario's variations this is, from 1. */
  readonly seed: number
  /** How many events were tracked so far. */
  readonly tracked: number
  readonly collector: Collector
  readonly site: Site
  /** A number from the seed, `least` to `most`. */
  some(least: number, most: number): number
  /** The address of a page of the site. */
  page(path: string, options?: PageOptions): string
  /** Opens a page of the site in a new tab. */
  open(path?: string, options?: PageOptions): Promise<Tab>
  /** Tracks in a tab; `run` happens in the page and returns the ids, by default those of `count` events. */
  track(tab: Tab, count: number, run?: (from: number, count: number) => string[] | Promise<string[]>): Promise<string[]>
  /** Lets a page track by itself when it is loaded; `open` gets the options that make it. */
  trackAlone(count: number, open: (options: PageOptions) => Promise<unknown>): Promise<Tracked>
  /** Quits the browser, or kills it, and starts it again with the same profile. */
  restart(how: 'close' | 'kill'): Promise<void>
  /**
   * Waits until each tracked event arrived or is told as lost, then asks an open page to send whatever is left, and
   * holds what the log says against the ledger: nothing missing untold, nothing counted twice.
   */
  settle(): Promise<void>
}

const SEEDS = Number(env['NSM_SEEDS'] ?? 1)
const browsers = await available('chromium', 'firefox', 'webkit')
const running = new Map<string, Promise<{ browser: Browser; profile: string }>>()
afterAll(async () => {
  for (const started of running.values()) {
    const { browser, profile } = await started
    await browser.close()
    await removeProfile(profile)
  }
})

interface ScenarioOptions {
  /** In how many variations it is run; by default `NSM_SEEDS`, and never more than three outside Chromium. */
  seeds?: number
  /** ms; that of the project by default. */
  timeout?: number
  /** It takes the browser or the machine's attention for itself: a restart, a network that is off, a process to find. */
  alone?: boolean
}

/** A test in each of the named browsers for each seed; in Chromium several at a time. */
export function scenario(
  name: string,
  where: readonly Browser['name'][],
  run: (world: World, expect: ExpectStatic) => Promise<void>,
  { seeds, alone = false, timeout }: ScenarioOptions = {},
): void {
  for (const [browser, launch] of browsers.filter(([browser]) => where.includes(browser))) {
    const most = seeds ?? (browser === 'chromium' ? SEEDS : Math.min(SEEDS, 3))
    // Elsewhere a tab behind another one is hidden, and its timers sleep.
    const concurrent = browser === 'chromium' && most > 1 && !alone
    let events = 0
    let passed = 0
    for (let seed = 1; seed <= most; seed++) {
      test(`${name} (${browser}${most > 1 ? `, seed ${seed}` : ''})`, {
        concurrent,
        ...(timeout && { timeout }),
      }, async (context) => {
        const world = await createWorld(browser, launch, seed, context)
        await run(world, context.expect)
        events += world.tracked
        if (most > 1 && ++passed === most && events > 0)
          console.info(`${name} (${browser}): ${events} events, ${most} seeds`)
      })
    }
  }
}

async function createWorld(name: Browser['name'], launch: Launch, seed: number, context: TestContext): Promise<World> {
  // Of several tests that run together each has to use its own.
  const { expect } = context
  const [collector, site] = await Promise.all([startCollector(), startSite()])
  const since = Date.now()
  const random = mulberry32(seed)
  /** message id → the number that the event carries. */
  const ledger = new Map<string, number>()
  let numbers = 0
  const running = await start(name, launch)
  const tabs = new Set<Tab>()
  context.onTestFinished(async () => {
    for (const tab of tabs) await tab.close().catch(() => {})
    if (context.task.result?.state === 'fail')
      console.error(`The collector's log:\n${readFileSync(collector.log, 'utf8')}`)
    await collector.dispose()
    await site.close()
  })

  const record = (from: number, ids: string[]) => {
    for (const [i, id] of ids.entries()) ledger.set(id, from + i)
  }
  const lost = () => new Set(site.told.flatMap(({ ids }) => ids))
  const missing = () => {
    const there = new Set(collector.lines().map((line) => (line.kind === 'event' ? line.event.messageId : '')))
    const told = lost()
    return [...ledger.keys()].filter((id) => !there.has(id) && !told.has(id))
  }

  const standing = () => {
    const ids = missing()
    const named = ids.map((id) => ledger.get(id)).join(', ')
    return `${ids.length > 0 ? `${ids.length} (${named})` : 'nothing'} is missing of ${ledger.size} tracked`
  }

  const world: World = {
    get browser() {
      return running.browser
    },
    seed,
    get tracked() {
      return ledger.size
    },
    collector,
    site,
    some: (least, most) => least + Math.floor(random() * (most - least + 1)),
    page(path, options = {}) {
      const query = new URLSearchParams({ collector: collector.url, since: String(since) })
      for (const [key, value] of Object.entries(options)) query.set(key, String(value))
      return `${site.url}${path}?${query}`
    },
    async open(path = '/', options = {}) {
      const tab = await running.browser.open(world.page(path, options))
      tabs.add(tab)
      return {
        ...tab,
        close() {
          tabs.delete(tab)
          return tab.close()
        },
      }
    },
    async track(tab, count, run = (from, count) => window.trackMany(from, count)) {
      const from = numbers
      numbers += count
      const ids = await tab.evaluate(run, from, count)
      record(from, ids)
      return ids
    },
    async trackAlone(count, open) {
      const from = numbers
      numbers += count
      const [tracked] = await Promise.all([site.tracked(), open({ track: count, from } as PageOptions)])
      record(tracked.from, tracked.ids)
      return tracked
    },
    async restart(how) {
      await running.browser[how]()
      tabs.clear()
      running.browser = await launch({ profile: running.profile })
    },
    async settle() {
      await expect.poll(standing, { timeout: 45_000, interval: 50 }).toMatch(/^nothing is missing/)
      const visit = await world.open('/', { consent: 'granted' })
      await visit.evaluate(async () => void (await window.nsm.flush()))
      const lines = collector.lines()
      const counted = lines.flatMap((line) => (line.kind === 'event' && !line.duplicate ? [line.event] : []))
      expect(counted.filter(({ messageId, properties }) => ledger.get(messageId) !== properties?.n)).toEqual([])
      const numbersCounted = counted.map(({ properties }) => properties?.n)
      expect(numbersCounted.filter((n, i) => numbersCounted.indexOf(n) < i)).toEqual([])
      expect(lines.filter((line) => line.kind === 'attempt' && line.method !== 'POST')).toEqual([])
      await visit.close()
    },
  }
  return world
}

/** The browser that a file's scenarios share; their sites' ports keep their storage apart. */
function start(name: string, launch: Launch) {
  const started =
    running.get(name) ?? newProfile().then(async (profile) => ({ browser: await launch({ profile }), profile }))
  running.set(name, started)
  return started
}

/** A small seeded source of numbers in [0, 1): Tommy Ettinger's mulberry32. */
function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
