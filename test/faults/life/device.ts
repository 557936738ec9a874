import type { ExpectStatic } from 'vitest'
import type { Tab } from '../../browsers/index.js'
import type { World } from '../world.js'
import { type Call, describeLife, type Life, type Step } from './plan.js'
import type { Entry, Remains } from './record.js'

declare global {
  interface Window {
    deviceClock: { set(clock: DeviceClock): void }
    life: {
      visit: string
      shown: boolean
      run(step: number, calls: Call[], leaving: boolean): void
      expect(ping: number, decisions: string[]): void
      decided(): Promise<void>
      databases(): Promise<void>
      ping(number: number): void
    }
  }
}

interface DeviceClock {
  ahead: number
  slept: number
}

/** A tab as its user knows it. */
interface Open {
  tab: Tab
  /** It shows a page of the site that has no tracker. */
  away: boolean
  /** Its tracker may not have opened its database yet, so what it tracks waits in memory: a gap that the README names. */
  opening: boolean
}

const WARP = 10
const PATIENCE_MS = 20_000
/** As long as the tracker waits at most by itself. */
const PAUSE_MS = 6 * 60_000
/** So often it may have to wait. */
const PAUSES = 10

/** Leads a life on a device of its own, ends it well, and returns how to look at what remains. */
export async function lead(life: Life, world: World, expect: ExpectStatic): Promise<() => Promise<Remains>> {
  const { collector, browser } = world
  const tabs: Open[] = []
  const clock: DeviceClock = { ahead: 0, slept: 0 }
  const dates = [0]
  const heard: number[] = []
  let decision = life.consent ?? 'granted'
  let pings = 0
  let number = 0
  let down = false

  const options = { warp: WARP, ...(life.consent && { consent: life.consent }) }
  const trackers = () => tabs.filter(({ away }) => !away)

  /** Something that a page or its tracker must come to by itself. */
  const soon = async <T>(what: string, promise: Promise<T>): Promise<T> => {
    let timer: NodeJS.Timeout
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`Step ${number}: ${what} never ended.`)), PATIENCE_MS)
    })
    return Promise.race([promise, late]).finally(() => clearTimeout(timer))
  }
  const flush = ({ tab }: Open) =>
    soon(
      'flush()',
      tab.evaluate(async () => (await window.nsm.flush()).left),
    )

  /** So that what happens now does not fall into the moment in which a page can only keep events in memory. */
  const ready = async (open: Open) => {
    if (open.away) return
    // Firefox aborts what a page that goes has not finished writing.
    if (open.opening || browser.name === 'firefox') await flush(open)
    await soon(
      'a request to a database',
      open.tab.evaluate(() => window.life.databases()),
    )
    open.opening = false
  }
  const open = async () => {
    const tab = await world.open('/life', options)
    tabs.push({ tab, away: false, opening: true })
  }
  /** Not by the driver: Firefox's waits forever in a tab that has shown a page from the back/forward cache. */
  const go = async ({ tab }: Open, url: string) => {
    await tab.evaluate((url) => {
      location.href = url
    }, url)
    await expect
      .poll(() => tab.evaluate(() => [location.href, document.readyState]), { timeout: PATIENCE_MS, interval: 10 })
      .toEqual([url, 'complete'])
  }
  const visit = async (open: Open) => {
    // Each an address of its own, or it could not be told from the page before.
    await go(open, `${world.page('/life', options)}&step=${number}`)
    Object.assign(open, { away: false, opening: true })
  }
  const leave = async (open: Open) => {
    await ready(open)
    await go(open, `${world.site.url}/without-the-tracker`)
    open.away = true
  }
  const back = async (open: Open) => {
    // WebKit's driver does not come back from where it goes back to.
    if (browser.name === 'webkit') return visit(open)
    await open.tab.evaluate(() => void history.back())
    await expect
      .poll(() => open.tab.evaluate(() => window.life?.shown), { timeout: PATIENCE_MS, interval: 10 })
      .toBe(true)
    Object.assign(open, { away: false, opening: true })
  }
  const setClock = async () => {
    dates.push(clock.ahead)
    for (const { tab } of tabs) {
      await tab.evaluate((next) => {
        if (window.deviceClock) window.deviceClock.set(next)
        else localStorage.setItem('life:clock', JSON.stringify(next))
      }, clock)
    }
  }
  const sleep = async (ms: number) => {
    for (const open of tabs) await ready(open)
    clock.slept += ms
    await setClock()
  }

  const task = async (open: Open, calls: Call[], leaving: boolean) => {
    const decisions = calls.flatMap(({ call, args }) => (call === 'consent' ? (args as (typeof decision)[]) : []))
    const others = decisions[0] ? trackers().filter((other) => other !== open) : []
    const ping = ++pings
    for (const { tab } of others) {
      await tab.evaluate((...args) => window.life.expect(...args), ping, decisions as string[])
    }
    const leavesAtOnce = leaving && !open.opening && !decisions[0] && browser.name !== 'firefox'
    await open.tab.evaluate((...args) => window.life.run(...args), number, calls, leavesAtOnce)
    if (decisions[0]) {
      decision = decisions.at(-1)!
      await open.tab.evaluate((ping) => window.life.ping(ping), ping)
      for (const { tab } of others) {
        await soon(
          'a message to another tab',
          tab.evaluate(() => window.life.decided()),
        )
      }
      heard.push(Date.now())
      for (const open of trackers()) open.opening = true
    }
    if (leavesAtOnce) {
      await expect
        .poll(() => open.tab.evaluate(() => location.pathname), { timeout: PATIENCE_MS, interval: 10 })
        .toBe('/without-the-tracker')
      open.away = true
    } else if (leaving) await leave(open)
  }

  const take: { [What in Step['do']]: (step: Extract<Step, { do: What }>, open: Open) => Promise<void> } = {
    async task({ calls, leaving }, open) {
      if (open.away) await back(open)
      await task(open, calls, leaving)
    },
    async clock({ by }) {
      clock.ahead += by
      await setClock()
    },
    sleep: ({ ms }) => sleep(ms),
    async collector({ answer }) {
      if (answer === 'down') {
        if (!down) await collector.stop()
      } else {
        collector.answer = answer
        if (down) await collector.start()
      }
      down = answer === 'down'
    },
    async open() {
      if (tabs.length < 3) await open()
    },
    async close(_, open) {
      await ready(open)
      tabs.splice(tabs.indexOf(open), 1)
      await open.tab.close()
    },
    async reload(_, open) {
      await ready(open)
      await visit(open)
    },
    async away(_, open) {
      if (!open.away) await leave(open)
    },
    back: (_, open) => (open.away ? back(open) : leave(open)),
  }

  /** Until nothing waits any more in any tab: whatever the tracker waits for passes. */
  const settle = async (): Promise<number> => {
    for (let pauses = 0; ; pauses++) {
      let left = 0
      for (const open of tabs) left += await flush(open)
      if (left === 0 || pauses === PAUSES) return left
      await sleep(PAUSE_MS)
    }
  }

  try {
    for (const step of life.steps) {
      number++
      if (tabs.length === 0) await open()
      await take[step.do](step as never, 'tab' in step ? tabs[step.tab % tabs.length]! : tabs[0]!)
    }

    number++
    clock.ahead = 0
    await take.collector({ do: 'collector', answer: 'accept' }, tabs[0]!)
    if (tabs.length === 0) await open()
    await setClock()
    for (const open of tabs) if (open.away) await visit(open)
    let left = decision === 'pending' ? 0 : await settle()
    if (decision !== 'granted') await task(tabs[0]!, [{ call: 'consent', args: ['granted'] }], false)
    left += await settle()
    const alive = await Promise.all(tabs.map(({ tab }) => tab.evaluate(() => window.life.visit)))

    return async () => {
      const entries = await tabs[0]!.tab.evaluate(() =>
        Object.keys(localStorage)
          .filter((key) => key.startsWith('life:record:'))
          .map((key): Entry => JSON.parse(localStorage.getItem(key)!)),
      )
      entries.sort((a, b) => a.at - b.at || a.order - b.order)
      return { entries, alive, left, heard, range: Math.max(...dates) - Math.min(...dates) }
    }
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${describeLife(life)}`, { cause: error })
  }
}
