import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { startService } from '../bench/service/start.mjs'
import { freePort } from '../free-port.js'

const READ = { authorization: 'Bearer rt_dev' }

async function startedService() {
  const data = mkdtempSync(join(tmpdir(), 'nsm-hung-'))
  const service = startService({ data, port: await freePort() })
  onTestFinished(async () => {
    service.kill('SIGKILL')
    await service.exited
    rmSync(data, { recursive: true, force: true })
  })
  expect(await service.started(), service.said()).toBe(true)
  return service
}

const ready = async (url: string) => (await (await fetch(`${url}/readyz`)).json()).store

it('a reader that hangs is not ready, what was asked of it is answered, and it is ready again when it goes on', async () => {
  const { url, readerPid } = await startedService()
  const stream = await fetch(`${url}/v1/report/stream`, { headers: READ })
  process.kill(readerPid, 'SIGSTOP')
  try {
    const answer = await fetch(`${url}/v1/report`, { headers: READ })
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '2'])
    expect(await answer.json()).toMatchObject({ code: 'reader_unavailable' })
    // The stream ends instead of saying nothing for ever.
    await expect(stream.text()).rejects.toThrow()
    expect(await ready(url)).toMatchObject({ ok: false, problem: 'The reader does not answer.' })
    const taken = await fetch(`${url}/v1/track`, {
      method: 'POST',
      headers: { authorization: 'Bearer wk_dev' },
      body: JSON.stringify({ event: 'value_moment', userId: 'ann' }),
    })
    expect(taken.status).toBe(200)
  } finally {
    process.kill(readerPid, 'SIGCONT')
  }
  await expect.poll(() => ready(url), { timeout: 10_000 }).toMatchObject({ ok: true })
  expect((await fetch(`${url}/v1/report`, { headers: READ })).status).toBe(200)
})

it('a reader that goes on hanging is replaced', async () => {
  const service = await startedService()
  const hung = service.readerPid
  process.kill(hung, 'SIGSTOP')
  await expect.poll(() => service.readerPid, { timeout: 60_000, interval: 200 }).not.toBe(hung)
  await expect.poll(() => ready(service.url), { timeout: 10_000 }).toMatchObject({ ok: true })
})
