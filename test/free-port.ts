import { once } from 'node:events'
import { createServer } from 'node:net'
import { env } from 'node:process'

/** Below the ports that a system hands out by itself, and a range for each of the workers that run at the same time. */
const FIRST = 20_000
const RANGE = 2_000
const start = FIRST + ((Number(env['VITEST_POOL_ID'] ?? 1) - 1) % 6) * RANGE
let used = 0

/**
 * A port of this machine that nobody listens on, and that no test of this file had before: what a browser stored for an
 * earlier site cannot come back, and nobody gets the port of a server that is only stopped for a while.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    if (used === RANGE) throw new Error(`All ports from ${start} to ${start + RANGE - 1} have been used.`)
    const port = start + used++
    if (await isFree(port)) return port
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  try {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  } catch {
    return false
  }
  server.close()
  await once(server, 'close')
  return true
}
