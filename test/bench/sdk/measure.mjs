import { setTimeout as elapse } from 'node:timers/promises'
import { EVENT } from './endpoint.mjs'

/** How many times slower than this machine the browser runs. */
export const THROTTLE = 4
/** Events of a run, and the time from one to the next. Slow enough that the slowest tracker keeps up. */
export const EVENTS = 100
export const GAP_MS = 40
/** Single events after that, each delivered before the next. */
const ALONE = 2
/** What follows a delivery (removing, remembering) is over by then. */
const AFTER_MS = 1_000

/**
 * One tracker in one fresh page of a throttled Chromium. Times in ms, heap in bytes; `task` and `alone` are the main
 * thread's time an event, from the first event until the last is delivered and a second more. `times` are those of the
 * calls, `free` of as many more when the throttle is off.
 */
export async function measure(browser, endpoint, tracker) {
  const context = await browser.newContext()
  const page = await context.newPage()
  const devtools = await context.newCDPSession(page)
  await page.goto(endpoint.url)
  // The thread's own time: what other processes take of the machine is not counted.
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' })
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: THROTTLE })
  const blank = await metrics(devtools)
  await start(page, endpoint, tracker)
  await elapse(AFTER_MS)
  const loaded = await metrics(devtools)

  endpoint.reset()
  const times = await page.evaluate(trackAll, { event: EVENT, events: EVENTS, gap: GAP_MS })
  await arrived(tracker, endpoint, EVENTS)
  const requests = endpoint.requests
  await elapse(AFTER_MS)
  const tracked = await metrics(devtools)

  endpoint.reset()
  for (let i = 1; i <= ALONE; i++) {
    await page.evaluate(trackAll, { event: EVENT, events: 1, gap: 0 })
    await arrived(tracker, endpoint, i)
    await elapse(AFTER_MS)
  }
  const alone = await metrics(devtools)

  await devtools.send('Emulation.setCPUThrottlingRate', { rate: 1 })
  const free = await page.evaluate(trackAll, { event: EVENT, events: EVENTS, gap: GAP_MS })

  await context.close()
  return {
    times,
    free,
    script: loaded.script - blank.script,
    task: (tracked.task - loaded.task) / EVENTS,
    alone: (alone.task - tracked.task) / ALONE,
    heap: loaded.heap - blank.heap,
    requests: requests / EVENTS,
  }
}

/** How often a tracker does something in `ms` after everything is delivered: timers, writes to storage, requests. */
export async function idle(browser, endpoint, tracker, { events, ms }) {
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.addInitScript(countWork)
  await page.goto(endpoint.url)
  await start(page, endpoint, tracker)
  endpoint.reset()
  await page.evaluate(trackAll, { event: EVENT, events, gap: 1 })
  await arrived(tracker, endpoint, events)
  await elapse(AFTER_MS)
  const { timers, writes } = await page.evaluate(() => ({ ...globalThis.work }))
  const { requests } = endpoint
  await elapse(ms)
  const later = await page.evaluate(() => ({ ...globalThis.work }))
  const done = { timers: later.timers - timers, writes: later.writes - writes, requests: endpoint.requests - requests }
  await context.close()
  return done
}

async function start(page, endpoint, tracker) {
  await page.addScriptTag({ url: `/${tracker}.js`, type: 'module' })
  await page.evaluate((url) => Promise.resolve(bench.init(url)).then(() => {}), endpoint.url)
}

/**
 * In the page: one event a task. The properties differ, as a product's do. Of each event: how long the call took, and
 * how long with the microtasks that it left behind.
 */
async function trackAll({ event, events, gap }) {
  const times = []
  for (let i = 0; i < events; i++) {
    await new Promise((resolve) => setTimeout(resolve, gap))
    const properties = { minutes: i, plan: 'pro', source: 'editor' }
    const from = performance.now()
    bench.track(event, properties)
    const call = performance.now() - from
    await null
    times.push({ call, whole: performance.now() - from })
  }
  return times
}

/** In the page, before any script: counts the timers that fire and the writes to storage. */
function countWork() {
  const work = { timers: 0, writes: 0 }
  globalThis.work = work
  for (const name of ['setTimeout', 'setInterval', 'requestIdleCallback', 'requestAnimationFrame']) {
    const real = globalThis[name].bind(globalThis)
    globalThis[name] = (run, ...rest) =>
      real(
        (...args) => {
          work.timers++
          return run(...args)
        },
        ...rest,
      )
  }
  for (const [owner, names] of [
    [IDBObjectStore.prototype, ['put', 'add', 'delete', 'clear']],
    [Storage.prototype, ['setItem', 'removeItem']],
  ]) {
    for (const name of names) {
      const real = owner[name]
      owner[name] = function (...args) {
        work.writes++
        return real.apply(this, args)
      }
    }
  }
}

async function metrics(devtools) {
  await devtools.send('HeapProfiler.collectGarbage')
  const { metrics } = await devtools.send('Performance.getMetrics')
  const value = (name) => metrics.find((metric) => metric.name === name).value
  return {
    script: (value('ScriptDuration') + value('V8CompileDuration')) * 1000,
    task: value('TaskDuration') * 1000,
    heap: value('JSHeapUsedSize'),
  }
}

async function arrived(tracker, endpoint, events) {
  if (tracker === 'none') return
  const deadline = Date.now() + 30_000
  while (endpoint.delivered < events) {
    if (Date.now() > deadline) {
      throw new Error(`${tracker} delivered ${endpoint.delivered} of ${events} events in 30 s; it cannot be compared.`)
    }
    await elapse(50)
  }
}
