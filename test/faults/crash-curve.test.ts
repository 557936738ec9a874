import { env } from 'node:process'
import { setTimeout as elapse } from 'node:timers/promises'
import { expect } from 'vitest'
import { scenario, type World } from './world.js'

/** Crashes for each delay; the README quotes 100. */
const CRASHES = Number(env['NSM_CRASHES'] ?? 5)
const DELAYS_MS = [0, 10, 50, 150]

scenario(
  'the crash curve: one event, then the renderer is killed',
  ['chromium'],
  async (world) => {
    const lost: number[] = []
    for (const delay of DELAYS_MS) lost.push(await crashes(world, delay))
    console.info(`
| renderer killed after \`track()\` | ${DELAYS_MS.map((delay) => `${delay} ms`).join(' | ')} |
| --- | ${DELAYS_MS.map(() => '---:').join(' | ')} |
| events lost of ${CRASHES} | ${lost.join(' | ')} |`)
    expect(lost.at(-1)).toBe(0)
  },
  1,
)

/** How many of the events are lost. Until all crashes are over the collector takes nothing: what counts is what was stored. */
async function crashes(world: World, delay: number): Promise<number> {
  world.collector.answer = { status: 503, retryAfter: '3600' }
  const tracked = new Set<string>()
  for (let i = 0; i < CRASHES; i++) {
    const tab = await world.open()
    const renderer = await tab.renderer!()
    const id = await tab.evaluate((n) => window.nsm.track('value_moment', { n }), i)
    if (delay > 0) await elapse(delay)
    process.kill(renderer, 'SIGKILL')
    tracked.add(id)
    await tab.close().catch(() => {})
  }
  world.collector.answer = 'accept'
  // The visits before were told to wait for an hour.
  const visit = await world.open('/', { ahead: 2 * 3_600_000 })
  await expect
    .poll(async () => {
      await visit.evaluate(async () => void (await window.nsm.flush()))
      return visit.evaluate(() => window.nsm.size)
    })
    .toBe(0)
  await visit.close()
  const arrived = new Set(world.collector.lines().map((line) => (line.kind === 'event' ? line.event.messageId : '')))
  return [...tracked].filter((id) => !arrived.has(id)).length
}
