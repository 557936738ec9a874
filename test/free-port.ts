import { once } from 'node:events'
import { createServer, type Server } from 'node:net'

/** Below the ports that a system hands out by itself. */
const FIRST = 20_000
const RANGE = 1_500
const RANGES = 8

/** The first port of this process's own range. */
let range: Promise<number> | undefined
let used = 0

/**
 * A port of this machine that nobody listens on, and that no test of this file had before: what a browser stored for an
 * earlier site cannot come back, and nobody gets the port of a server that is only stopped for a while.
 */
export async function freePort(): Promise<number> {
  range ??= claimRange()
  const first = await range
  for (;;) {
    used++
    if (used === RANGE) throw new Error(`All ports from ${first} to ${first + RANGE - 1} have been used.`)
    const port = first + used
    const server = await listen(port)
    if (!server) continue
    server.close()
    await once(server, 'close')
    return port
  }
}

/**
 * A range is of whoever listens on its first port, until that process ends: so workers, and runs of the tests side by
 * side, never share one.
 */
async function claimRange(): Promise<number> {
  for (let first = FIRST; first < FIRST + RANGES * RANGE; first += RANGE) {
    const claim = await listen(first)
    if (!claim) continue
    claim.unref()
    return first
  }
  throw new Error(`All ${RANGES} ranges of ports from ${FIRST} on are in use, by other runs of the tests.`)
}

async function listen(port: number): Promise<Server | null> {
  const server = createServer()
  try {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return server
  } catch {
    return null
  }
}
