import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { countEvents } from '../bench/service/senders.mjs'
import { startService } from '../bench/service/start.mjs'
import { freePort } from '../free-port.js'

it('a copy of a running service’s data folder starts beside it, with nothing removed by hand, and counts the same', async () => {
  const root = mkdtempSync(join(tmpdir(), 'nsm-backup-'))
  const start = async (data: string) => {
    const service = startService({ data, port: await freePort() })
    onTestFinished(async () => {
      service.kill('SIGTERM')
      await service.exited
      rmSync(root, { recursive: true, force: true })
    })
    expect(await service.started(), service.said()).toBe(true)
    return service
  }
  const original = await start(join(root, 'original'))
  const batch = Array.from({ length: 200 }, (_, i) => ({ type: 'track', event: 'value_moment', userId: `u${i}` }))
  await fetch(`${original.url}/v1/batch`, {
    method: 'POST',
    headers: { authorization: 'Bearer wk_dev' },
    body: JSON.stringify({ batch }),
  })
  expect(await countEvents(original.url)).toBe(200)
  execFileSync('cp', ['-r', join(root, 'original'), join(root, 'copy')])
  const copy = await start(join(root, 'copy'))
  expect(await countEvents(copy.url)).toBe(200)
  expect(original.running).toBe(true)
})
