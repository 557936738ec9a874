import { scenario } from './world.js'

scenario(
  'delivered, the tracker is idle: no timer, no write, no request',
  ['chromium', 'firefox', 'webkit'],
  async (world, expect) => {
    const tab = await world.open('/idle', { warp: 10 })
    await world.track(tab, world.some(20, 100))
    await expect.poll(() => tab.evaluate(() => window.nsm.size), { timeout: 15_000 }).toBe(0)
    const work = () => tab.evaluate(() => ({ armed: [...window.work.armed], writes: window.work.writes }))
    // Removing what was delivered is its last work.
    await expect.poll(work).toMatchObject({ armed: [] })
    const before = await work()
    expect(before.writes).toBeGreaterThan(0)
    const requests = world.collector.lines().length
    // Half a minute by the page's clock: longer than every interval of the tracker.
    await tab.evaluate(() => new Promise((resolve) => setTimeout(resolve, 30_000)))
    expect(await work()).toEqual(before)
    expect(world.collector.lines()).toHaveLength(requests)
    await world.settle()
  },
)
