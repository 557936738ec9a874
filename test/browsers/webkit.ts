import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { ensureBrowser } from '../../.dev/browser.mjs'
import { freePort } from '../free-port.js'
import { type Browser, callOf, type Tab } from './browser.js'
import { descendants, killAll } from './processes.js'

/**
 * WebKitGTK's MiniBrowser under Xvfb, over plain WebDriver. Under automation it stores nothing beyond a session, so
 * there is no profile: what must outlive a tab is looked at from another tab of the same session.
 */
export async function launchWebKit(): Promise<Browser> {
  const driver = await ensureBrowser('webkit')
  const display = await startDisplay()
  // The driver takes a port and says nothing, so a free one is found for it, and it is asked until it answers.
  const port = await freePort()
  const service = spawn(driver, [`--port=${port}`], {
    env: { ...process.env, DISPLAY: display.name, LIBGL_ALWAYS_SOFTWARE: '1', GDK_BACKEND: 'x11' },
    stdio: 'ignore',
  })
  const remote = `http://127.0.0.1:${port}`
  await answers(`${remote}/status`)
  const { sessionId } = await command<{ sessionId: string }>(remote, 'POST', '/session', {
    capabilities: {
      alwaysMatch: {
        timeouts: { script: 60_000 },
      },
    },
  })
  const session = <T = unknown>(method: string, path: string, body?: object) =>
    command<T>(remote, method, `/session/${sessionId}${path}`, body)
  // The window of the session's start stays, or closing the last tab would end the session.
  const home = await session<string>('GET', '/window')
  return {
    name: 'webkit',
    async open(url) {
      const { handle } = await session<{ handle: string }>('POST', '/window/new', { type: 'tab' })
      const tab = tabOf(session, handle, home)
      await tab.goto(url)
      return tab
    },
    async kill() {
      killAll(await descendants(service.pid!))
      await Promise.all([end(service), end(display.server)])
    },
    async close() {
      await session('DELETE', '')
      await Promise.all([end(service), end(display.server)])
    },
  }
}

type Session = <T = unknown>(method: string, path: string, body?: object) => Promise<T>

function tabOf(session: Session, handle: string, home: string): Tab {
  const inTab = async <T>(method: string, path: string, body: object = {}) => {
    await session('POST', '/window', { handle })
    return session<T>(method, path, method === 'DELETE' ? undefined : body)
  }
  const evaluate: Tab['evaluate'] = async (run, ...args) => {
    const script = `const done = arguments[arguments.length - 1]
      Promise.resolve().then(() => ${callOf(run, args)}).then(
        (value) => done({ value }), (error) => done({ error: String(error) }))`
    const outcome = await inTab<{ value?: never; error?: string }>('POST', '/execute/async', { script, args: [] })
    if (outcome.error !== undefined) throw new Error(outcome.error)
    return outcome.value!
  }
  return {
    goto: async (url) => void (await inTab('POST', '/url', { url })),
    evaluate,
    async close() {
      await inTab('DELETE', '/window')
      await session('POST', '/window', { handle: home })
    },
  }
}

async function command<T>(remote: string, method: string, path: string, body?: object): Promise<T> {
  const response = await fetch(remote + path, { method, ...(body && { body: JSON.stringify(body) }) })
  const { value } = (await response.json()) as { value: T & { error?: string; message?: string } }
  if (!response.ok) throw new Error(`${method} ${path}: ${value.error}: ${value.message}`)
  return value
}

/** An X server without a screen; it chooses its display and writes the number to the pipe it is given. */
async function startDisplay(): Promise<{ name: string; server: ChildProcess }> {
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1280x800x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  const [number] = await once(createInterface(server.stdio[3] as Readable), 'line')
  return { name: `:${number}`, server }
}

async function answers(url: string): Promise<void> {
  while (!(await fetch(url).catch(() => null))?.ok) await setTimeout(20)
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill()
  await once(child, 'exit')
}
