import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '../free-port.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The built service as a user runs it, on a data folder and a port that outlive it. */
export interface ProductService {
  url: string
  start(): Promise<void>
  /** What it printed since it was started. */
  said(): string
  /** Pulls the plug: no signal handler runs, in neither of its processes. */
  kill(): Promise<void>
  /** Stops it as a user would, and removes its data. */
  dispose(): Promise<void>
}

export async function productService(tree: string): Promise<ProductService> {
  const port = await freePort()
  const data = await mkdtemp(join(tmpdir(), 'nsm-journey-'))
  const url = `http://127.0.0.1:${port}`
  let child: ChildProcess | undefined
  let output = ''

  return {
    url,
    async start() {
      child = spawn(
        process.execPath,
        ['packages/cli/bin/nsm.js', 'serve', '--tree', tree, '--store', `file:${data}`, '--port', String(port)],
        // A group of its own, so that kill() reaches both of its processes at once.
        { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], detached: true },
      )
      output = ''
      for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk))
      const exited = once(child, 'exit').then(() => {
        throw new Error(`nsm serve ended before it was ready:\n${output}`)
      })
      await Promise.race([answers(`${url}/readyz`), exited])
      exited.catch(() => {})
    },
    said: () => output,
    async kill() {
      await signal(child, 'SIGKILL')
    },
    async dispose() {
      await signal(child, 'SIGTERM')
      await rm(data, { recursive: true, force: true })
    },
  }
}

async function signal(child: ChildProcess | undefined, name: NodeJS.Signals): Promise<void> {
  if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  process.kill(-child.pid, name)
  await exit
}

async function answers(url: string): Promise<void> {
  for (;;) {
    const answer = await fetch(url).catch(() => undefined)
    if (answer?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
