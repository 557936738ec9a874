import { scenario } from './world.js'

const everywhere = ['chromium', 'firefox', 'webkit'] as const

/** Where storage fails in each of these ways; the ones that browsers differ in are tried in all. */
const faults: Record<string, Parameters<typeof scenario>[1]> = {
  'property-throws': everywhere,
  'property-missing': ['chromium'],
  'open-throws': ['chromium'],
  'open-fails': everywhere,
  'open-hangs': ['chromium'],
  'transaction-throws': ['chromium'],
  'write-throws': ['chromium'],
  'write-aborts': everywhere,
  'read-throws': ['chromium'],
}
for (const [fault, where] of Object.entries(faults)) {
  scenario(`storage fails (${fault}): memory does, and it is told once`, where, async (world, expect) => {
    const tab = await world.open('/broken-storage', { break: fault, warp: 5 })
    await world.track(tab, world.some(20, 90))
    await world.settle()
    await world.track(tab, world.some(20, 90))
    await world.settle()
    const told = await tab.evaluate(() => window.told.filter(({ outcome }) => outcome === 'storage'))
    expect(told).toHaveLength(1)
  })
}

scenario('localStorage is full: no event is lost', everywhere, async (world) => {
  const tab = await world.open('/broken-storage', { break: 'local-storage-full' })
  await world.track(tab, world.some(20, 90))
  await world.settle()
})

scenario('the disk quota is used up while the server is down', ['chromium'], async (world, expect) => {
  await world.collector.stop()
  const tab = await world.open('/without-the-tracker')
  // Before the first write, or Chromium goes by the room it saw then.
  await tab.devtools!('Storage.overrideQuotaForOrigin', { origin: world.site.url, quotaSize: 30_000 })
  await tab.goto(world.page('/', { warp: 5 }))
  await world.track(tab, 5)
  await world.track(tab, world.some(50, 100), (from, count) => window.trackMany(from, count, 2_000))
  await expect
    .poll(() => tab.evaluate(() => window.told.map(({ outcome }) => outcome)), { timeout: 15_000 })
    .toContain('storage')
  await world.collector.start()
  await world.settle()
  expect(await tab.evaluate(() => window.told.filter(({ outcome }) => outcome === 'storage'))).toHaveLength(1)
})

scenario('more than 1,000 events wait: the oldest go, and each is told', ['chromium'], async (world, expect) => {
  await world.collector.stop()
  const tab = await world.open('/', { warp: 10 })
  const oldest = await world.track(tab, world.some(20, 80))
  const others = await world.track(tab, 1_000)
  await expect
    .poll(() => world.site.told.flatMap((told) => (told.outcome === 'dropped' ? told.ids : [])).sort(), {
      timeout: 15_000,
    })
    .toEqual([...oldest].sort())
  await world.collector.start()
  await world.settle()
  const arrived = new Set(world.collector.lines().map((line) => (line.kind === 'event' ? line.event.messageId : '')))
  expect(others.filter((id) => !arrived.has(id))).toEqual([])
})

scenario('a sandboxed frame has no storage and no locks', everywhere, async (world) => {
  await world.trackAlone(world.some(20, 90), (options) => world.open('/sandbox', options))
  await world.settle()
})
