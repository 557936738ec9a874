import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { countEvents, seeded, startSenders } from './senders.mjs'
import { moment, startService } from './start.mjs'

/**
 * Kills a service's collector, its reader, or both, in turn, while senders send, try again and replay.
 *
 * @param {{ rounds: number, port: number, seed?: number, onRound?(line: string): void }} options
 */
export async function killInRounds({ rounds, port, seed = 20260302, onRound = () => {} }) {
  const data = mkdtempSync(join(tmpdir(), 'nsm-crash-'))
  const random = seeded(seed)
  let service = startService({ data, port })
  try {
    await service.started()
    const senders = startSenders({ urls: [service.url], random })
    const back = []
    for (let round = 0; round < rounds; round++) {
      const enough = senders.counts.acknowledged + 50 + random() * 1_500
      while (senders.counts.acknowledged < enough) await moment()
      const what = ['collector', 'reader', 'both'][round % 3]
      const reader = await readerOf(service)
      if (what !== 'collector') process.kill(reader, 'SIGKILL')
      if (what !== 'reader') {
        service.kill('SIGKILL')
        await service.exited
        const from = Date.now()
        service = startService({ data, port })
        if (!(await service.started())) throw new Error(`It did not start again:\n${service.said()}`)
        back.push(Date.now() - from)
      }
      onRound(`${round + 1} ${what}, acknowledged ${senders.counts.acknowledged}`)
    }
    await senders.stop()
    const counted = await countEvents(service.url)
    const { counts, problems } = senders
    return {
      ...counts,
      counted,
      lost: Math.max(0, counts.made - counted),
      twice: Math.max(0, counted - counts.made),
      problems,
      back,
    }
  } finally {
    service.kill('SIGTERM')
    await service.exited
    rmSync(data, { recursive: true, force: true })
  }
}

/** The reader of a service, once it has one that lives. */
async function readerOf(service) {
  for (;;) {
    const pid = service.readerPid
    try {
      if (pid && process.kill(pid, 0)) return pid
    } catch {
      // It was killed, and its successor is not ready.
    }
    await moment()
  }
}
