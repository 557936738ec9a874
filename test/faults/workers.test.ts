import { scenario } from './world.js'

const everywhere = ['chromium', 'firefox', 'webkit'] as const

for (const kind of ['dedicated', 'shared', 'service'] as const) {
  scenario(`a ${kind} worker imports the module and tracks`, everywhere, async (world) => {
    const tab = await world.open('/workers')
    for (let round = 0; round < 2; round++) {
      await world.track(
        tab,
        world.some(20, 60),
        {
          dedicated: (from: number, count: number) => window.inWorker.dedicated(from, count),
          shared: (from: number, count: number) => window.inWorker.shared(from, count),
          service: (from: number, count: number) => window.inWorker.service(from, count),
        }[kind],
      )
    }
    await world.settle()
  })
}

// WebKit does not finish writing for a worker that is ended.
scenario(
  'a worker is ended right after tracking, and a page sends what it left',
  ['chromium', 'firefox'],
  async (world) => {
    world.collector.answer = { status: 503 }
    const tab = await world.open('/workers')
    await world.track(tab, world.some(1, 20), (from, count) => window.inWorker.dedicated(from, count))
    // Its database is open then.
    await world.collector.until((lines) => lines.length > 0)
    await world.track(tab, world.some(50, 100), async (from, count) => {
      const ids = await window.inWorker.dedicated(from, count)
      window.worker.terminate()
      return ids
    })
    world.collector.answer = 'accept'
    await world.open()
    await world.settle()
  },
)
