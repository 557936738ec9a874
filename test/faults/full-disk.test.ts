import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, it, onTestFinished } from 'vitest'
import { countEvents } from '../bench/service/senders.mjs'
import { type StartedService, startService } from '../bench/service/start.mjs'
import { freePort } from '../free-port.js'

const root = mkdtempSync(join(tmpdir(), 'nsm-full-'))
const disk = join(root, 'disk')
const DISK_MB = 160

let mounted = false
try {
  execFileSync('mkdir', ['-p', disk])
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m`, 'tmpfs', disk], { stdio: 'ignore' })
  mounted = true
} catch {
  console.warn('A full disk: not tested with a real one, mounting takes root on Linux.')
}

beforeEach(() => {
  if (mounted) execFileSync('sh', ['-c', `rm -rf "${disk}"/*`])
})
afterAll(() => {
  if (mounted) execFileSync('umount', ['-l', disk])
  rmSync(root, { recursive: true, force: true })
})

const filler = join(disk, 'filler')
/** Takes all that is left of the disk. */
function fill(): void {
  try {
    writeFileSync(filler, Buffer.alloc(DISK_MB * 1024 * 1024))
  } catch (error) {
    expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC')
  }
}

async function started(data: string, journal: string, port: number): Promise<StartedService> {
  const service = startService({ data, port, args: ['--journal', journal] })
  onTestFinished(async () => {
    service.kill('SIGTERM')
    await service.exited
  })
  expect(await service.started(), service.said()).toBe(true)
  return service
}

let sent = 0
const track = (url: string) =>
  fetch(`${url}/v1/track`, {
    method: 'POST',
    headers: { authorization: 'Bearer wk_dev' },
    body: JSON.stringify({ event: 'value_moment', userId: 'ann', messageId: `m-${sent++}` }),
  })
const readyz = async (url: string) => (await fetch(`${url}/readyz`)).json()

async function end(service: StartedService): Promise<void> {
  service.kill('SIGKILL')
  await service.exited
}

it.skipIf(!mounted)(
  'a service starts on a full journal disk, reports, refuses, and goes on when there is room',
  async () => {
    const data = mkdtempSync(join(root, 'data-'))
    const journal = join(disk, 'journal')
    const port = await freePort()
    const before = await started(data, journal, port)
    expect((await track(before.url)).status).toBe(200)
    await end(before)
    fill()

    const service = await started(data, journal, port)
    const refused = await track(service.url)
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '2'])
    expect(await refused.json()).toMatchObject({ code: 'journal_unwritable' })
    const health = await readyz(service.url)
    expect(health).toMatchObject({ ready: false, journal: { ok: false }, store: { ok: true } })
    expect(health.journal.problem).toMatch(/^The journal's disk has only \d+ MB free/)
    expect(JSON.stringify(health)).not.toContain(root)
    const report = await fetch(`${service.url}/v1/report`, { headers: { authorization: 'Bearer rt_dev' } })
    expect(report.status).toBe(200)

    rmSync(filler)
    await expect.poll(async () => (await track(service.url)).status, { timeout: 20_000 }).toBe(200)
    expect(await countEvents(service.url)).toBe(2)
  },
)

it.skipIf(!mounted)(
  'a service starts on a full store disk, takes events, and counts them when there is room',
  async () => {
    const data = join(disk, 'data')
    const journal = mkdtempSync(join(root, 'journal-'))
    const port = await freePort()
    const before = await started(data, journal, port)
    expect((await track(before.url)).status).toBe(200)
    expect(await countEvents(before.url)).toBe(1)
    await end(before)
    fill()

    const service = await started(data, journal, port)
    expect((await track(service.url)).status).toBe(200)
    await expect
      .poll(() => readyz(service.url), { timeout: 20_000 })
      .toMatchObject({
        ready: false,
        journal: { ok: true },
        store: { problem: expect.stringContaining('disk is full') },
      })

    rmSync(filler)
    expect(await countEvents(service.url)).toBe(2)
  },
)
