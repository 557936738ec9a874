import { setTimeout as elapse } from 'node:timers/promises'
import { scenario } from './world.js'

const everywhere = ['chromium', 'firefox', 'webkit'] as const

scenario('navigate right after tracking', everywhere, async (world) => {
  const tab = await world.open()
  await world.track(tab, world.some(3, 110), (from, count) => {
    const ids = window.trackMany(from, count)
    location.href = `/next${location.search}`
    return ids
  })
  await world.settle()
})

scenario('burst and close, on a page that was just opened', everywhere, async (world) => {
  const tab = await world.open()
  // As much as a page may send while it leaves: the database need not be open yet.
  await world.track(tab, world.some(20, 100))
  await tab.close()
  await world.open()
  await world.settle()
})

scenario('burst and close', everywhere, async (world) => {
  const tab = await world.open()
  await world.track(tab, 1)
  await world.collector.until((lines) => lines.some((line) => line.kind === 'event'))
  // More than the 64 kB that a page may send while it leaves.
  await world.track(tab, world.some(150, 250), (from, count) => window.trackMany(from, count, 600))
  await tab.close()
  await world.open()
  await world.settle()
})

scenario('navigate to a page that has no tracker', everywhere, async (world) => {
  const tab = await world.open()
  await world.track(tab, world.some(3, 110), (from, count) => {
    const ids = window.trackMany(from, count)
    location.href = '/without-the-tracker'
    return ids
  })
  await world.settle()
})

scenario('the server is down and the tab is closed', everywhere, async (world, expect) => {
  await world.collector.stop()
  const tab = await world.open()
  await world.track(tab, world.some(20, 90))
  const told = () => tab.evaluate(() => window.told.map(({ outcome }) => outcome))
  await expect.poll(told, { timeout: 15_000 }).toContain('retry')
  await tab.close()
  await world.collector.start()
  await world.open()
  await world.settle()
})

scenario('two tabs, both closed', everywhere, async (world) => {
  await world.collector.stop()
  const tabs = [await world.open(), await world.open('/next')]
  // From here on the database is open: an event is stored in its own task.
  for (const tab of tabs) await tab.evaluate(async () => void (await window.nsm.flush()))
  for (const tab of tabs) await world.track(tab, world.some(10, 60))
  for (const tab of tabs) await tab.close()
  await world.collector.start()
  await world.open()
  await world.settle()
})

scenario(
  'offline, close, reopen',
  ['chromium'],
  async (world, expect) => {
    const tab = await world.open()
    await world.track(tab, 1)
    await world.collector.until((lines) => lines.some((line) => line.kind === 'event'))
    await world.browser.offline!(true)
    await world.track(tab, world.some(20, 90))
    expect(await tab.evaluate(() => navigator.onLine)).toBe(false)
    await world.restart('close')
    await world.open()
    await world.settle()
  },
  { alone: true },
)

scenario('the server is down, the browser quits and is opened again', ['firefox'], async (world) => {
  await world.collector.stop()
  const tab = await world.open()
  // From here on the database is open: Firefox aborts what it has not begun to write when it quits.
  await tab.evaluate(async () => void (await window.nsm.flush()))
  await world.track(tab, world.some(20, 90))
  await world.restart('close')
  await world.collector.start()
  await world.open()
  await world.settle()
})

scenario(
  'the renderer crashes 150 ms after tracking',
  ['chromium', 'firefox'],
  async (world) => {
    // Nothing arrives before the crash, so all that is found afterwards was stored.
    world.collector.answer = { status: 503 }
    const tab = await world.open()
    const renderer = await tab.renderer!()
    await world.track(tab, world.some(1, 110))
    await elapse(150)
    process.kill(renderer, 'SIGKILL')
    world.collector.answer = 'accept'
    await world.open()
    await world.settle()
  },
  { alone: true },
)

scenario(
  'the whole browser is killed 150 ms after tracking',
  ['chromium', 'firefox'],
  async (world) => {
    world.collector.answer = { status: 503 }
    const tab = await world.open()
    await world.track(tab, world.some(1, 110))
    await elapse(150)
    await world.restart('kill')
    world.collector.answer = 'accept'
    await world.open()
    await world.settle()
  },
  { alone: true },
)
