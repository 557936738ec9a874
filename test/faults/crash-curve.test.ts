import { readFile, writeFile } from 'node:fs/promises'
import { env } from 'node:process'
import { setTimeout as elapse } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { crashTable, readCrashTable, writeCrashTable } from './crash-table.js'
import { scenario, type World } from './world.js'

/** Crashes for each delay. Where they are asked for, the README quotes what comes out. */
const ASKED = env['NSM_CRASHES']
const CRASHES = Number(ASKED ?? 5)
const DELAYS_MS = [0, 10, 50, 150]
const readme = new URL('../../packages/sdk/README.md', import.meta.url)

scenario(
  'the crash curve: one event, then the renderer is killed',
  ['chromium'],
  async (world, expect) => {
    const lost: { delay: number; events: number }[] = []
    for (const delay of DELAYS_MS) lost.push({ delay, events: await crashes(world, delay) })
    const version = (await (await world.open()).devtools!('Browser.getVersion', {})) as { product: string }
    const browser = version.product.replace('/', ' ')
    const table = crashTable({ browser, date: new Date().toISOString().slice(0, 10), crashes: CRASHES, lost })
    console.info(`\n${table}`)
    if (ASKED) await writeFile(readme, writeCrashTable(await readFile(readme, 'utf8'), table))
    expect(lost.at(-1)).toEqual({ delay: 150, events: 0 })
  },
  { seeds: 1, alone: true, timeout: 120_000 + CRASHES * 20_000 },
)

test('the README has the crash curve as it was measured, over at least 100 crashes a delay', async () => {
  const table = readCrashTable(await readFile(readme, 'utf8'))
  const [, crashes] = /Events lost of (\d+) /.exec(table ?? '') ?? []
  const [, events] = /Events lost of \d+ \| (.*) \|/.exec(table ?? '') ?? []
  const [, browser, date] = /^(\S+ [\d.]+), (\d{4}-\d\d-\d\d): /m.exec(table ?? '') ?? []
  const lost = events?.split(' | ').map((events, i) => ({ delay: DELAYS_MS[i]!, events: Number(events) }))
  expect(table).toBe(crashTable({ browser: browser!, date: date!, crashes: Number(crashes), lost: lost! }))
  expect(Number(crashes)).toBeGreaterThanOrEqual(100)
  expect(lost).toHaveLength(DELAYS_MS.length)
})

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
