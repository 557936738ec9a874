import { setTimeout as elapse } from 'node:timers/promises'
import { EVENT } from './endpoint.mjs'

const THROTTLE = 4
const EVENTS = 300
const GAP_MS = 20
const ALONE = 10

/**
 * One tracker in one fresh page of a Chromium that is `THROTTLE` times slower than this machine. Times in ms, heap in
 * bytes. Without a tracker (`null`) it measures the loop that calls it.
 */
export async function measure(browser, endpoint, tracker) {
  const context = await browser.newContext()
  const page = await context.newPage()
  const devtools = await context.newCDPSession(page)
  await page.goto(endpoint.url)
  await devtools.send('Performance.enable')
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: THROTTLE })
  const blank = await metrics(devtools)

  if (tracker) {
    await page.addScriptTag({ url: `/${tracker}.js`, type: 'module' })
    await page.evaluate((url) => Promise.resolve(bench.init(url)).then(() => {}), endpoint.url)
  } else {
    await page.evaluate(() => {
      globalThis.bench = { track() {} }
    })
  }
  await quiet(devtools, endpoint)
  const loaded = await metrics(devtools)

  endpoint.reset()
  const times = await page.evaluate(trackAll, { event: EVENT, events: EVENTS, gap: GAP_MS })
  await arrived(tracker, endpoint, EVENTS)
  const requests = endpoint.requests
  await quiet(devtools, endpoint)
  const tracked = await metrics(devtools)

  endpoint.reset()
  for (let i = 1; i <= ALONE; i++) {
    await page.evaluate(trackAll, { event: EVENT, events: 1, gap: 0 })
    await arrived(tracker, endpoint, i)
    await quiet(devtools, endpoint)
  }
  const alone = await metrics(devtools)

  await context.close()
  times.sort((a, b) => a - b)
  return {
    script: loaded.script - blank.script,
    p50: times[Math.floor(EVENTS * 0.5)],
    p99: times[Math.floor(EVENTS * 0.99)],
    task: (tracked.task - loaded.task) / EVENTS,
    alone: (alone.task - tracked.task) / ALONE,
    heap: loaded.heap - blank.heap,
    requests: requests / EVENTS,
  }
}

/** In the page: one event a task. The properties differ, as a product's do. */
async function trackAll({ event, events, gap }) {
  const times = []
  for (let i = 0; i < events; i++) {
    await new Promise((resolve) => setTimeout(resolve, gap))
    const properties = { minutes: i, plan: 'pro', source: 'editor' }
    const from = performance.now()
    bench.track(event, properties)
    times.push(performance.now() - from)
  }
  return times
}

async function metrics(devtools) {
  await devtools.send('HeapProfiler.collectGarbage')
  const { metrics } = await devtools.send('Performance.getMetrics')
  const value = (name) => metrics.find((metric) => metric.name === name).value
  return { script: value('ScriptDuration') * 1000, task: value('TaskDuration') * 1000, heap: value('JSHeapUsedSize') }
}

async function arrived(tracker, endpoint, events) {
  if (!tracker) return
  const deadline = Date.now() + 30_000
  while (endpoint.delivered < events) {
    if (Date.now() > deadline) {
      throw new Error(`${tracker} delivered ${endpoint.delivered} of ${events} events in 30 s; it cannot be compared.`)
    }
    await elapse(50)
  }
}

/** Until half a second passes in which the page did next to nothing and asked for nothing. */
async function quiet(devtools, endpoint) {
  for (let before; ; ) {
    const { metrics } = await devtools.send('Performance.getMetrics')
    const task = metrics.find((metric) => metric.name === 'TaskDuration').value
    const now = { task, requests: endpoint.requests }
    if (before && now.task - before.task < 0.004 && now.requests === before.requests) return
    before = now
    await elapse(500)
  }
}
