import { expect } from 'vitest'
import { scenario } from './world.js'

const everywhere = ['chromium', 'firefox', 'webkit'] as const

const faults = [
  'property-throws',
  'property-missing',
  'open-throws',
  'open-fails',
  'open-hangs',
  'transaction-throws',
  'write-throws',
  'write-aborts',
  'read-throws',
]
for (const fault of faults) {
  scenario(`storage fails (${fault}): memory does, and it is told once`, [...everywhere], async (world) => {
    const tab = await world.open('/broken-storage', { break: fault, warp: 5 })
    await world.track(tab, world.some(10, 40))
    await world.settle()
    await world.track(tab, world.some(10, 40))
    await world.settle()
    const told = await tab.evaluate(() => window.told.filter(({ outcome }) => outcome === 'storage'))
    expect(told).toHaveLength(1)
  })
}

scenario('localStorage is full: no event is lost', [...everywhere], async (world) => {
  const tab = await world.open('/broken-storage', { break: 'local-storage-full' })
  await world.track(tab, world.some(10, 40))
  await world.settle()
})

scenario('the disk quota is used up while the server is down', ['chromium'], async (world) => {
  await world.collector.stop()
  const tab = await world.open('/', { warp: 5 })
  await world.track(tab, 5)
  await tab.devtools!('Storage.overrideQuotaForOrigin', { origin: world.site.url, quotaSize: 1 })
  await world.track(tab, world.some(50, 100), (from, count) => window.trackMany(from, count, 2_000))
  await expect.poll(() => tab.evaluate(() => window.told.map(({ outcome }) => outcome))).toContain('storage')
  await world.collector.start()
  await world.settle()
  const told = await tab.evaluate(() => window.told.filter(({ outcome }) => outcome === 'storage'))
  expect(told).toMatchObject([{ reason: 'full' }])
})

scenario('more than 1,000 events wait: the oldest go, and each is told', ['chromium'], async (world) => {
  await world.collector.stop()
  const tab = await world.open('/', { warp: 10 })
  const oldest = await world.track(tab, world.some(20, 80))
  const others = await world.track(tab, 1_000)
  await expect
    .poll(() => world.site.told.flatMap((told) => (told.outcome === 'dropped' ? told.ids : [])).sort())
    .toEqual([...oldest].sort())
  await world.collector.start()
  await world.settle()
  const arrived = new Set(world.collector.lines().map((line) => (line.kind === 'event' ? line.event.messageId : '')))
  expect(others.filter((id) => !arrived.has(id))).toEqual([])
})

scenario('a sandboxed frame has no storage and no locks', [...everywhere], async (world) => {
  await world.trackAlone(world.some(10, 40), (options) => world.open('/sandbox', options))
  await world.settle()
})
