// npm run bench -- doors [--seconds 20]: honest clients beside hostile sockets, and many small compressed batches at once.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'
import { table } from './sdk/table.mjs'
import { freePort } from './service/free-port.mjs'
import { startService } from './service/start.mjs'

const SOCKETS = 3_000
const ADDRESSES = 50
const CLIENTS = 200
const BATCHES = 500
/** What the service is held to. */
const MOST_REFUSED = 0.01
const P99_MS = 250

export async function run(args) {
  const { values } = parseArgs({ args, options: { seconds: { type: 'string', default: '20' } } })
  const data = await mkdtemp(join(tmpdir(), 'nsm-doors-'))
  const service = startService({ data, port: await freePort() })
  try {
    if (!(await service.started())) throw new Error(service.said())
    const quiet = await honest(service.port, 5)
    const burst = await compressedAtOnce(service.port)
    const attacker = fork(
      new URL('service/hostile.mjs', import.meta.url),
      [service.port, SOCKETS, ADDRESSES].map(String),
    )
    let hostile = { opened: 0, closed: 0 }
    attacker.on('message', (totals) => {
      hostile = totals
    })
    while (hostile.opened < SOCKETS) await once(attacker, 'message')
    const attacked = await honest(service.port, Number(values.seconds))
    attacker.kill('SIGKILL')
    const rows = [
      [`${CLIENTS} clients`, quiet],
      [`The same beside ${SOCKETS} hostile sockets from ${ADDRESSES} addresses`, attacked],
      [`${BATCHES} gzip batches at once`, burst],
    ]
    console.info(table(rows))
    console.info(`Hostile sockets opened ${hostile.opened}, closed by the service ${hostile.closed}.`)
    const failures = [
      attacked.refused > attacked.requests * MOST_REFUSED && `More than ${MOST_REFUSED * 100} % refused under attack.`,
      attacked['p99 ms'] > P99_MS && `p99 above ${P99_MS} ms under attack.`,
      burst.refused > 0 && 'Compressed batches refused.',
    ].filter(Boolean)
    for (const failure of failures) console.error(failure)
    if (failures.length > 0) process.exitCode = 1
  } finally {
    service.kill('SIGTERM')
    await service.exited
    await rm(data, { recursive: true, force: true })
  }
}

/** Clients with connections of their own, each sending an event, waiting for the answer, and pausing. */
async function honest(port, seconds) {
  const until = performance.now() + seconds * 1_000
  const times = []
  let refused = 0
  const client = async (i) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    // One half as server libraries do, with the key in a header; the other as browsers do.
    const headers = i % 2 ? { authorization: 'Bearer wk_dev' } : { 'content-type': 'text/plain' }
    // Not all in the same instant.
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 1_000))
    for (let n = 0; performance.now() < until; n++) {
      const event = { type: 'track', event: 'value_moment', userId: `u${i}`, messageId: `${i}-${n}-${seconds}` }
      const body = JSON.stringify({ ...(i % 2 ? {} : { writeKey: 'wk_dev' }), batch: [event] })
      const from = performance.now()
      if ((await post(port, body, headers, agent)) !== 200) refused++
      times.push(performance.now() - from)
      await new Promise((resolve) => setTimeout(resolve, 250 + Math.random() * 500))
    }
    agent.destroy()
  }
  await Promise.all(Array.from({ length: CLIENTS }, (_, i) => client(i)))
  return row(times, refused)
}

async function compressedAtOnce(port) {
  const times = []
  let refused = 0
  const send = async (i) => {
    const batch = [{ type: 'track', event: 'value_moment', userId: `u${i}`, messageId: `gzip-${i}` }]
    const headers = { authorization: 'Bearer wk_dev', 'content-encoding': 'gzip' }
    const from = performance.now()
    if ((await post(port, gzipSync(JSON.stringify({ batch })), headers)) !== 200) refused++
    times.push(performance.now() - from)
  }
  await Promise.all(Array.from({ length: BATCHES }, (_, i) => send(i)))
  return row(times, refused)
}

/** @returns the status; 0 when the connection broke */
function post(port, body, headers, agent) {
  return new Promise((resolve) => {
    const outgoing = request({ port, host: '127.0.0.1', path: '/v1/batch', method: 'POST', headers, agent }, (answer) =>
      answer.resume().on('end', () => resolve(answer.statusCode)),
    )
    outgoing.on('error', () => resolve(0))
    outgoing.end(body)
  })
}

function row(times, refused) {
  const sorted = times.sort((a, b) => a - b)
  const at = (part) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] * 10) / 10
  return { requests: times.length, refused, 'p50 ms': at(0.5), 'p99 ms': at(0.99), 'max ms': at(1) }
}
