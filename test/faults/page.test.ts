import { runChromium } from '../browsers/index.js'
import { scenario } from './world.js'

const everywhere = ['chromium', 'firefox', 'webkit'] as const

scenario('a strict content security policy with Trusted Types', everywhere, async (world, expect) => {
  const tab = await world.open('/strict')
  await world.track(tab, world.some(20, 90))
  await world.settle()
  expect(await tab.evaluate(() => window.told.filter(({ outcome }) => outcome === 'violation'))).toEqual([])
})

scenario('a page that comes out of the back/forward cache', ['chromium', 'firefox'], async (world, expect) => {
  const tab = await world.open()
  const leave = async () => {
    await world.track(tab, world.some(1, 100))
    // Firefox keeps no page that has a request under way.
    if (world.browser.name === 'chromium') return
    await expect.poll(() => tab.evaluate(() => window.nsm.size), { timeout: 15_000 }).toBe(0)
  }
  await leave()
  await tab.goto(world.page('/next'))
  await leave()
  await tab.evaluate(() => history.back())
  await expect.poll(() => tab.evaluate(() => [location.pathname, window.persisted])).toEqual(['/', true])
  await world.track(tab, world.some(1, 100))
  await world.settle()
})

// Chromium runs no prerendering under a driver, so this one runs by itself.
scenario('a prerendered page stores and sends nothing until it is shown', ['chromium'], async (world, expect) => {
  let close = async () => {}
  const tracked = await world.trackAlone(world.some(10, 110), async (options) => {
    close = await runChromium(world.page('/prerenders', { ...options, warp: 20 }))
  })
  expect(tracked).toMatchObject({ prerendering: true, stored: [] })
  expect(world.collector.lines()).toEqual([])
  world.site.show()
  await world.settle()
  await close()
})

scenario('two copies of the script on a page', everywhere, async (world) => {
  const tab = await world.open('/two-copies')
  for (let round = 0; round < 3; round++) {
    await world.track(tab, world.some(5, 15))
    await world.track(tab, world.some(5, 15), (from, count) =>
      Array.from({ length: count }, (_, i) => window.first.track('value_moment', { n: from + i })),
    )
  }
  await world.settle()
})

scenario('two live tabs', everywhere, async (world, expect) => {
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

scenario(
  '100 tabs recover at once',
  ['chromium'],
  async (world, expect) => {
    await world.collector.stop()
    const tabs = await Promise.all(Array.from({ length: 100 }, () => world.open()))
    for (const tab of tabs) await world.track(tab, world.some(1, 5))
    await world.collector.start()
    await Promise.all(tabs.map((tab) => tab.evaluate(() => void dispatchEvent(new Event('online')))))
    await world.settle()
    const lines = world.collector.lines()
    expect(world.collector.together).toBe(1)
    // What all tabs have goes in full batches, and a few for what came in between.
    expect(lines.filter((line) => line.kind === 'attempt').length).toBeLessThanOrEqual(20)
    expect(lines.filter((line) => line.kind === 'event' && line.duplicate)).toEqual([])
  },
  { alone: true },
)

for (const [how, ahead] of [
  ['ahead', 86_400_000],
  ['behind', -86_400_000],
] as const) {
  scenario(
    `a clock a day ${how}: the collector can correct it, and a copy stays a copy`,
    everywhere,
    async (world, expect) => {
      world.collector.answer = (attempt) => (attempt === 1 ? 'drop' : 'accept')
      const tab = await world.open('/', { ahead })
      const from = Date.now()
      await world.track(tab, world.some(30, 80))
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
