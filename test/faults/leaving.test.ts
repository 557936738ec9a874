import { setTimeout as elapse } from 'node:timers/promises'
import { expect } from 'vitest'
import type { Tab } from '../browsers/index.js'
import { scenario } from './world.js'

const everywhere = ['chromium', 'firefox', 'webkit'] as const

/** Waits until the tab's storage has at least so many events. The crash curve says how soon that is. */
const stored = (tab: Tab, events: number) =>
  expect
    .poll(
      () =>
        tab.evaluate(async () => {
          const counts: number[] = []
          for (const { name } of await indexedDB.databases()) {
            const open = indexedDB.open(name!)
            await new Promise((resolve) => (open.onsuccess = resolve))
            const count = open.result.transaction('outbox').objectStore('outbox').count(IDBKeyRange.lowerBound([]))
            await new Promise((resolve) => (count.onsuccess = resolve))
            counts.push(count.result)
            open.result.close()
          }
          return Math.max(0, ...counts)
        }),
      { timeout: 15_000 },
    )
    .toBeGreaterThanOrEqual(events)

scenario('navigate right after tracking', [...everywhere], async (world) => {
  const tab = await world.open()
  await world.track(tab, world.some(3, 12), (from, count) => {
    const ids = window.trackMany(from, count)
    location.href = `/next${location.search}`
    return ids
  })
  await world.settle()
})

scenario('burst and close', [...everywhere], async (world) => {
  const tab = await world.open()
  // More than the 64 kB that a page may send while it leaves.
  await world.track(tab, world.some(150, 250), (from, count) => window.trackMany(from, count, 600))
  await tab.close()
  await world.open()
  await world.settle()
})

scenario('navigate to a page that has no tracker', [...everywhere], async (world) => {
  const tab = await world.open()
  await world.track(tab, world.some(3, 12), (from, count) => {
    const ids = window.trackMany(from, count)
    location.href = '/without-the-tracker'
    return ids
  })
  await world.settle()
})

scenario('the server is down and the tab is closed', [...everywhere], async (world) => {
  await world.collector.stop()
  const tab = await world.open()
  await world.track(tab, world.some(5, 50))
  await expect.poll(() => tab.evaluate(() => window.told.map(({ outcome }) => outcome))).toContain('retry')
  await tab.close()
  await world.collector.start()
  await world.open()
  await world.settle()
})

scenario('two tabs, both closed', [...everywhere], async (world) => {
  await world.collector.stop()
  const tabs = [await world.open(), await world.open('/next')]
  let events = 0
  for (const tab of tabs) events += (await world.track(tab, world.some(5, 25))).length
  await stored(tabs[0]!, events)
  for (const tab of tabs) await tab.close()
  await world.collector.start()
  await world.open()
  await world.settle()
})

scenario('offline, close, reopen', ['chromium'], async (world) => {
  const tab = await world.open()
  await world.browser.offline!(true)
  const ids = await world.track(tab, world.some(5, 50))
  expect(await tab.evaluate(() => navigator.onLine)).toBe(false)
  await stored(tab, ids.length)
  await world.restart('close')
  await world.open()
  await world.settle()
})

scenario('the server is down, the browser quits and is opened again', ['firefox'], async (world) => {
  await world.collector.stop()
  const tab = await world.open()
  const ids = await world.track(tab, world.some(5, 50))
  await stored(tab, ids.length)
  await world.restart('close')
  await world.collector.start()
  await world.open()
  await world.settle()
})

scenario('the renderer crashes 150 ms after tracking', ['chromium', 'firefox'], async (world) => {
  // Nothing arrives before the crash, so all that is found afterwards was stored.
  world.collector.answer = { status: 503 }
  const tab = await world.open()
  const renderer = await tab.renderer!()
  await world.track(tab, world.some(1, 20))
  await elapse(150)
  process.kill(renderer, 'SIGKILL')
  world.collector.answer = 'accept'
  await world.open()
  await world.settle()
})

scenario('the whole browser is killed 150 ms after tracking', ['chromium', 'firefox'], async (world) => {
  world.collector.answer = { status: 503 }
  const tab = await world.open()
  await world.track(tab, world.some(1, 20))
  await elapse(150)
  await world.restart('kill')
  world.collector.answer = 'accept'
  await world.open()
  await world.settle()
})
