import { expect } from 'vitest'
import { runChromium } from '../browsers/index.js'
import { scenario } from './world.js'

const everywhere = ['chromium', 'firefox', 'webkit'] as const

scenario('a strict content security policy with Trusted Types', [...everywhere], async (world) => {
  const tab = await world.open('/strict')
  await world.track(tab, world.some(10, 40))
  await world.settle()
  expect(await tab.evaluate(() => window.told.filter(({ outcome }) => outcome === 'violation'))).toEqual([])
})

// Chromium runs no prerendering under a driver, so this one runs by itself.
scenario('a page that comes out of the back/forward cache', ['chromium', 'firefox'], async (world) => {
  const tab = await world.open()
  await world.track(tab, world.some(1, 15))
  await tab.goto(world.page('/next'))
  await world.track(tab, world.some(1, 15))
  await tab.evaluate(() => history.back())
  await expect.poll(() => tab.evaluate(() => [location.pathname, window.persisted])).toEqual(['/', true])
  await world.track(tab, world.some(1, 15))
  await world.settle()
})

scenario('a prerendered page that is shown', ['chromium'], async (world) => {
  let close = async () => {}
  const tracked = await world.trackAlone(world.some(1, 15), async (options) => {
    close = await runChromium(world.page('/prerenders', options))
  })
  expect(tracked.prerendering).toBe(true)
  await world.settle()
  await close()
})

scenario('two copies of the script on a page', [...everywhere], async (world) => {
  const tab = await world.open('/two-copies')
  for (let round = 0; round < 3; round++) {
    await world.track(tab, world.some(5, 15))
    await world.track(tab, world.some(5, 15), (from, count) =>
      Array.from({ length: count }, (_, i) => window.first.track('value_moment', { n: from + i })),
    )
  }
  await world.settle()
})

scenario('two live tabs', [...everywhere], async (world) => {
  const tabs = [await world.open(), await world.open('/next')]
  for (let round = 0; round < 5; round++) {
    for (const tab of tabs) await world.track(tab, world.some(1, 25))
  }
  await world.settle()
  // Headless Chromium shows both; elsewhere one is in the background, and such a tab sends a copy to be on the safe side.
  if (world.browser.name !== 'chromium') return
  expect(world.collector.lines().filter((line) => line.kind === 'event' && line.duplicate)).toEqual([])
  expect(world.collector.together).toBe(1)
})

scenario('100 tabs recover at once', ['chromium'], async (world) => {
  await world.collector.stop()
  const tabs = await Promise.all(Array.from({ length: 100 }, () => world.open('/', { warp: 10 })))
  for (const tab of tabs) await world.track(tab, world.some(1, 5))
  await world.collector.start()
  await Promise.all(tabs.map((tab) => tab.evaluate(() => void dispatchEvent(new Event('online')))))
  await world.settle()
  expect(world.collector.together).toBe(1)
})

for (const [how, ahead] of [
  ['ahead', 86_400_000],
  ['behind', -86_400_000],
] as const) {
  scenario(
    `a clock a day ${how}: the collector can correct it, and a copy stays a copy`,
    [...everywhere],
    async (world) => {
      world.collector.answer = (attempt) => (attempt === 1 ? 'drop' : 'accept')
      const tab = await world.open('/', { ahead })
      const from = Date.now()
      await world.track(tab, world.some(20, 40))
      const to = Date.now()
      await expect.poll(() => tab.evaluate(() => window.nsm.size), { timeout: 15_000 }).toBe(0)
      await world.settle()
      const lines = world.collector.lines()
      const sentAt = new Map(lines.flatMap((line) => (line.kind === 'attempt' ? [[line.attempt, line.sentAt!]] : [])))
      const arrivals = lines.filter((line) => line.kind === 'event')
      const timestamps = new Map<string, Set<string>>()
      for (const { event, attempt, at } of arrivals) {
        const corrected = Date.parse(event.timestamp) + at - Date.parse(sentAt.get(attempt)!)
        // sentAt is taken before the request is on its way, so the correction may be late by that way.
        expect(corrected).toBeGreaterThanOrEqual(from - 50)
        expect(corrected).toBeLessThanOrEqual(to + 1_000)
        timestamps.set(event.messageId, (timestamps.get(event.messageId) ?? new Set()).add(event.timestamp))
      }
      expect([...timestamps.values()].every((times) => times.size === 1)).toBe(true)
    },
  )
}
