import { scenario } from './world.js'

const everywhere = ['chromium', 'firefox', 'webkit'] as const

scenario('consent withdrawn while a batch is on its way', everywhere, async (world, expect) => {
  let release = () => {}
  world.collector.answer = { slow: new Promise<void>((resolve) => (release = resolve)) }
  const tab = await world.open()
  await world.track(tab, world.some(40, 80))
  await world.collector.until((lines) => lines.some((line) => line.kind === 'attempt'))
  await world.track(tab, world.some(1, 15))
  const withdrawn = await tab.evaluate(() => {
    window.nsm.consent('denied')
    return Date.now()
  })
  await world.track(tab, world.some(1, 15))
  release()
  await expect
    .poll(() => tab.evaluate(async () => [(await indexedDB.databases()).length, Object.values(localStorage)]))
    .toEqual([0, ['{"consent":"denied"}']])
  await tab.close()
  await world.settle()
  expect(world.site.told.some(({ outcome, reason }) => outcome === 'dropped' && reason === 'denied')).toBe(true)
  expect(world.site.told.some(({ outcome, reason }) => outcome === 'ignored' && reason === 'denied')).toBe(true)
  const later = (sentAt: string | undefined) => Date.parse(sentAt!) > withdrawn
  expect(world.collector.lines().filter((line) => line.kind === 'attempt' && later(line.sentAt))).toEqual([])
})

scenario(
  'while consent is pending nothing is stored or sent; granted, everything is',
  everywhere,
  async (world, expect) => {
    const tab = await world.open('/', { consent: 'pending', warp: 20 })
    await world.track(tab, world.some(40, 80))
    // Far longer than any flush interval.
    await tab.evaluate(() => new Promise((resolve) => setTimeout(resolve, 20_000)))
    expect(world.collector.lines()).toEqual([])
    expect(await tab.evaluate(async () => [(await indexedDB.databases()).length, localStorage.length])).toEqual([0, 0])
    await tab.evaluate(() => window.nsm.consent('granted'))
    await world.settle()
  },
)
