import { scenario, type World } from './world.js'

const everywhere = ['chromium', 'firefox', 'webkit'] as const

/** The names of the events that arrived, each once. */
const arrived = (world: World) =>
  world.collector.lines().flatMap((line) => (line.kind === 'event' && !line.duplicate ? [line.event.event] : []))

scenario('a script that the page runs again is one tracker, and one listener', everywhere, async (world, expect) => {
  const tab = await world.open('/tag')
  for (let visit = 0; visit < 2; visit++) {
    // As Turbo does when it puts the body of the next page in.
    await tab.evaluate(
      () =>
        new Promise<void>((resolve) => {
          const script = document.querySelector('script[data-write-key]')!
          const again = document.createElement('script')
          for (const { name, value } of script.attributes) again.setAttribute(name, value)
          again.onload = () => resolve()
          script.replaceWith(again)
        }),
    )
  }
  await tab.evaluate(() => document.querySelector('button')!.click())
  await expect.poll(() => arrived(world), { timeout: 15_000 }).toEqual(['value_moment'])
  expect(await tab.evaluate(async () => (await window.nsm.flush()).left)).toBe(0)
  expect(arrived(world)).toEqual(['value_moment'])
})

scenario('a script tag inside a module works', everywhere, async (world, expect) => {
  const tab = await world.open('/module')
  await tab.evaluate(() => window.nsm.track('from_a_module'))
  await expect.poll(() => arrived(world), { timeout: 15_000 }).toEqual(['from_a_module'])
})

scenario('a tag without its key says so once, and nsm.init() still works', everywhere, async (world, expect) => {
  const tab = await world.open('/without-a-key')
  await tab.evaluate(() => window.nsm.track('early'))
  expect(await tab.evaluate(() => [window.warnings, window.nsm.size])).toEqual([
    [expect.stringContaining('nsm.init()')],
    1,
  ])
  await tab.evaluate((endpoint) => window.nsm.init({ writeKey: 'wk_test', endpoint }), world.collector.url)
  await expect.poll(() => arrived(world), { timeout: 15_000 }).toEqual(['early'])
})

// WebKit's driver uses the page's own Promise, of which too little is left here.
scenario('a page with old and hostile libraries', ['chromium', 'firefox'], async (world, expect) => {
  const tab = await world.open('/hostile')
  const ids = await world.track(tab, world.some(20, 60), (from, count) =>
    Array.from({ length: count }, (_, i) =>
      window.nsm.track('value_moment', { n: from + i, list: [1, [2]], when: [] }),
    ),
  )
  await world.settle()
  const lists = world.collector
    .lines()
    .flatMap((line) =>
      line.kind === 'event' && !line.duplicate ? [(line.event.properties as { list?: unknown }).list] : [],
    )
  expect(lists).toEqual(ids.map(() => [1, [2]]))
})
