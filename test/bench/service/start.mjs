import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const tree = `${root}/examples/script-tag/northstar.json`
const noLocks = new URL('no-locks.mjs', import.meta.url).href

/**
 * Starts the built service as a user does.
 *
 * @param {import('./start.mjs').StartOptions} options
 * @returns {import('./start.mjs').StartedService}
 */
export function startService({ data, port, args = [], ownPids = false, locks = true }) {
  const serve = [`${root}/packages/cli/bin/nsm.js`, 'serve', '--tree', tree, '--store', `file:${data}`]
  const command = [process.execPath, ...serve, '--port', String(port), ...args]
  // Process ids of its own, as in a container; it dies with the program that made them.
  const [program, ...rest] = ownPids
    ? ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child', ...command]
    : command
  const child = spawn(program, rest, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...(locks ? {} : { NODE_OPTIONS: `--import=${noLocks}` }) },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
  let code
  const exited = once(child, 'close').then(([status, signal]) => {
    code = status ?? signal
    return code
  })
  const url = `http://127.0.0.1:${port}`
  return {
    url,
    port,
    exited,
    said: () => output,
    get running() {
      return code === undefined
    },
    /** Resolves when it has said who its reader is, or has ended. */
    async started() {
      while (code === undefined && !output.includes('"msg":"listening"')) await moment()
      return code === undefined
    },
    /** Of its newest reader, as seen from here. */
    get readerPid() {
      return Number([...output.matchAll(/"reader":(\d+),.*"msg":"reader ready"/g)].at(-1)?.[1])
    },
    kill(signal) {
      if (code !== undefined) return
      // unshare passes no signal on; killed, it takes its child with it.
      const target = ownPids && signal !== 'SIGKILL' ? childOf(child.pid) : child.pid
      if (target) process.kill(target, signal)
    },
  }
}

/** Whether this machine lets us give a process ids of its own. */
export async function canOwnPids() {
  const child = spawn('unshare', ['--pid', '--fork', '--mount-proc', 'true'], { stdio: 'ignore' })
  return new Promise((resolve) => {
    child.once('error', () => resolve(false))
    child.once('exit', (status) => resolve(status === 0))
  })
}

export const moment = () => new Promise((resolve) => setTimeout(resolve, 20))

function childOf(pid) {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ')[0])
}
