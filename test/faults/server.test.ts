import { setTimeout as elapse } from 'node:timers/promises'
import type { Answer, Line } from './collector.js'
import { scenario, type World } from './world.js'

const everywhere = ['chromium', 'firefox', 'webkit'] as const
const attempts = (lines: Line[]) => lines.filter((line) => line.kind === 'attempt')

/** The first attempts, two to four of them, meet a fault; the others are accepted. */
const atFirst = (world: World, fault: Answer) => {
  const faults = world.some(2, 4)
  world.collector.answer = (attempt) => (attempt <= faults ? fault : 'accept')
}

for (const status of [500, 503, 408]) {
  scenario(`the collector answers ${status} at first`, ['chromium'], async (world) => {
    atFirst(world, { status })
    const tab = await world.open('/', { warp: 20 })
    await world.track(tab, world.some(30, 100))
    await world.settle()
  })
}

scenario('the collector answers nothing at first', ['chromium', 'webkit'], async (world) => {
  atFirst(world, 'hang')
  const tab = await world.open('/', { warp: 20 })
  await world.track(tab, world.some(30, 100))
  await world.settle()
})

scenario('the answer gets lost: sent twice, counted once', everywhere, async (world, expect) => {
  atFirst(world, 'drop')
  const tab = await world.open('/', { warp: 20 })
  await world.track(tab, world.some(30, 100))
  await expect.poll(() => tab.evaluate(() => window.nsm.size), { timeout: 15_000 }).toBe(0)
  await world.settle()
  expect(world.collector.lines().filter((line) => line.kind === 'event' && line.duplicate)).not.toEqual([])
})

scenario('the answer is cut in the middle', everywhere, async (world) => {
  atFirst(world, 'cut')
  const tab = await world.open('/', { warp: 20 })
  await world.track(tab, world.some(30, 100))
  await world.settle()
})

scenario('a slow answer is waited for', ['chromium'], async (world, expect) => {
  let release = () => {}
  world.collector.answer = { slow: new Promise<void>((resolve) => (release = resolve)) }
  const tab = await world.open()
  await world.track(tab, world.some(20, 40))
  await world.collector.until((lines) => attempts(lines).length > 0)
  await world.track(tab, world.some(20, 40))
  release()
  await world.settle()
  expect(world.collector.lines().filter((line) => line.kind === 'event' && line.duplicate)).toEqual([])
})

for (const status of [401, 403, 404]) {
  scenario(
    `${status} is the operator's mistake: the events are kept until it is corrected`,
    ['chromium'],
    async (world, expect) => {
      world.collector.answer = { status }
      const tab = await world.open('/', { warp: 200 })
      await world.track(tab, world.some(30, 100))
      await world.collector.until((lines) => attempts(lines).length > 1)
      world.collector.answer = 'accept'
      await world.settle()
      expect(world.site.told).toEqual([])
    },
  )
}

scenario('refused for 45 s while the browser says that it is online', everywhere, async (world, expect) => {
  await world.collector.stop()
  const tab = await world.open('/', { warp: 15 })
  await world.track(tab, world.some(30, 100))
  expect(await tab.evaluate(() => new Promise((resolve) => setTimeout(() => resolve(navigator.onLine), 45_000)))).toBe(
    true,
  )
  await world.track(tab, world.some(30, 100))
  await world.collector.start()
  await world.settle()
})

scenario('413 with 40 events: the batch is halved until it fits', everywhere, async (world, expect) => {
  world.collector.answer = { most: world.some(1, 9) }
  const tab = await world.open()
  for (let round = 0; round < 2; round++) {
    await world.track(tab, 40)
    await world.settle()
  }
  expect(world.site.told).toEqual([])
})

scenario('one event that is too large is told, and the others arrive', ['chromium'], async (world, expect) => {
  world.collector.answer = (_attempt, ids) => (ids.includes('large') ? { status: 413 } : 'accept')
  const tab = await world.open()
  await world.track(tab, 1, (n) => [window.nsm.track('value_moment', { n }, { messageId: 'large' })])
  await world.track(tab, 59)
  await world.settle()
  expect(world.site.told).toMatchObject([{ outcome: 'rejected', ids: ['large'], status: 413 }])
})

scenario('an event that the collector refuses is told, and the others arrive', everywhere, async (world, expect) => {
  world.collector.answer = { refuse: ({ properties }) => properties?.n === 7 }
  const tab = await world.open()
  const ids = await world.track(tab, 60)
  await world.settle()
  // A tab in the background sends copies, and a copy is refused as well.
  expect(new Set(world.site.told.map(({ outcome, ids }) => `${outcome} ${ids}`))).toEqual(
    new Set([`rejected ${ids[7]}`]),
  )
})

for (const [how, retryAfter] of [
  ['seconds', () => '3'],
  // An HTTP date has whole seconds; 3.999 s ahead is never less than 3 s.
  ['a date', () => new Date(Date.now() + 3_999).toUTCString()],
] as const) {
  scenario(`429 with ${how} is obeyed by every tab, whatever happens`, ['chromium'], async (world, expect) => {
    world.collector.answer = (attempt) => (attempt === 1 ? { status: 429, retryAfter: retryAfter() } : 'accept')
    const tab = await world.open()
    await world.track(tab, world.some(20, 40))
    await world.collector.until((lines) => attempts(lines).length === 1)
    const other = await world.open('/next')
    await world.track(other, 30)
    // Everything that makes the tracker try at once.
    while (attempts(world.collector.lines()).length === 1) {
      await tab.evaluate(() => {
        dispatchEvent(new Event('online'))
        dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))
        document.dispatchEvent(new Event('visibilitychange'))
        void window.nsm.flush()
      })
      await elapse(100)
    }
    const [first, second] = attempts(world.collector.lines())
    expect(second!.at - first!.at).toBeGreaterThanOrEqual(2_950)
    await world.settle()
  })
}

scenario('the collector is restarted while events flow', everywhere, async (world) => {
  const tab = await world.open('/', { warp: 10 })
  for (let round = 0; round < 3; round++) {
    await world.track(tab, world.some(20, 40))
    await world.collector.until((lines) => attempts(lines).length > round)
    world.collector.answer = 'hang'
    const before = attempts(world.collector.lines()).length
    await world.track(tab, world.some(20, 40))
    await world.collector.until((lines) => attempts(lines).length > before)
    await world.collector.stop()
    world.collector.answer = 'accept'
    await world.track(tab, world.some(1, 5))
    await world.collector.start()
  }
  await world.settle()
})

scenario('an endpoint of Segment, which says nothing but that it went well', everywhere, async (world, expect) => {
  world.collector.answer = 'segment'
  const tab = await world.open()
  await tab.evaluate(() => void window.nsm.identify('user'))
  await world.track(tab, world.some(30, 100))
  await expect.poll(() => tab.evaluate(() => window.nsm.size), { timeout: 15_000 }).toBe(0)
  const lines = world.collector.lines()
  for (const { path, type, sentAt } of attempts(lines)) {
    expect([path, type?.split(';')[0], Number.isNaN(Date.parse(sentAt!))]).toEqual(['/v1/batch', 'text/plain', false])
  }
  const [first] = lines.flatMap((line) => (line.kind === 'event' ? [line.event] : []))
  expect(first).toMatchObject({ type: 'identify', userId: 'user', anonymousId: expect.any(String) })
})
