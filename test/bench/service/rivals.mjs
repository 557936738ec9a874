import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { countEvents, seeded, startSenders } from './senders.mjs'
import { startService } from './start.mjs'

const LOCKED = /Another (process|service) .*\(process \d+ on .*\)/
const FENCED = /has taken over the journal/

/**
 * Starts services again and again on one data folder, two at a time, each with process ids of its own, while senders
 * send to both. Then asks the last one what it counts.
 *
 * @param {import('./rivals.mjs').RivalOptions} options
 */
export async function startRivals({ starts, ports, locks, seed = 20260302, onStart = () => {} }) {
  const data = mkdtempSync(join(tmpdir(), 'nsm-rivals-'))
  const random = seeded(seed)
  const alive = new Map()
  const result = { starts: 0, refused: 0, fenced: 0, silent: [], touched: 0 }
  let senders
  const start = (port) => {
    const service = startService({ data, port, ownPids: true, locks })
    alive.set(port, service)
    result.starts++
    return service
  }
  /** A service that ended by itself has said why. */
  const judge = (service) => {
    if (FENCED.test(service.said())) result.fenced++
    else if (LOCKED.test(service.said())) result.refused++
    else result.silent.push(service.said())
  }
  try {
    await start(ports[0]).started()
    senders = startSenders({ urls: ports.map((port) => `http://127.0.0.1:${port}`), random })
    while (result.starts < starts) {
      const [owner] = [...alive.values()]
      const other = ports.find((port) => port !== owner.port)
      // At once with the owner's end, so that both may be at it, or while it has long been at work.
      const together = random() < 0.3
      if (together) owner.kill(random() < 0.5 ? 'SIGKILL' : 'SIGTERM')
      const before = locks && !together ? notes(data) : null
      const second = start(other)
      await second.started()
      if (before && changed(before, notes(data))) result.touched++
      if (!together) await Promise.race([owner.exited, second.exited])
      else await owner.exited
      for (const [port, service] of alive) {
        if (service.running) continue
        if (!(together && service === owner)) judge(service)
        alive.delete(port)
      }
      // Both are gone: the owner was told to go before the second could have the store, or each stood in the other's way.
      if (alive.size === 0 && result.starts < starts) await start(ports[0]).started()
      onStart(`${result.starts} starts, acknowledged ${senders.counts.acknowledged}`)
      // The owner goes on with work before the next one comes.
      const enough = senders.counts.acknowledged + 200
      while (senders.counts.acknowledged < enough && [...alive.values()].some(({ running }) => running)) {
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
    if (![...alive.values()].some(({ running }) => running)) await start(ports[0]).started()
    await senders.stop()
    const [last] = [...alive.values()].filter(({ running }) => running)
    const counted = await countEvents(last.url)
    const { counts, problems } = senders
    const lost = Math.max(0, counts.made - counted)
    return { ...result, ...counts, counted, lost, twice: Math.max(0, counted - counts.made), problems }
  } finally {
    for (const service of alive.values()) {
      service.kill('SIGKILL')
      await service.exited
    }
    rmSync(data, { recursive: true, force: true })
  }
}

/** The lock files as they are, and the names of what only a start makes. */
function notes(data) {
  const files = ['lock', 'journal/lock'].map((name) => {
    const path = join(data, name)
    return `${name} ${statSync(path).mtimeMs} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`
  })
  const sockets = readdirSync(join(data, 'journal')).filter((name) => /\.sock$|\.new$|probe/.test(name))
  return { files: files.join('\n'), sockets: sockets.length }
}

function changed(before, after) {
  return before.files !== after.files || after.sockets > 1
}
