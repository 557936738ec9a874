import { EventEmitter, once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { freePort } from '../free-port.js'

/** What a page is asked to do, in its query. */
export interface PageOptions {
  /** How many times as fast its clock and timers run. */
  warp?: number
  /** How far its clock is ahead, ms. */
  ahead?: number
  consent?: 'granted' | 'denied' | 'pending'
  /** How its storage fails. */
  break?: string
  /** How many events it tracks by itself when it is loaded. */
  track?: number
}

/** What the tracker said about events that it will not deliver. */
interface Told {
  outcome: 'dropped' | 'rejected' | 'ignored'
  ids: string[]
  reason: string
  status?: number
}

/** Events that a page tracked by itself. */
export interface Tracked {
  from: number
  ids: string[]
  prerendering?: boolean
  /** What is in storage a while later: names of databases, keys of `localStorage`. */
  stored?: string[]
}

/** A product's site on a port, so an origin and a storage, of its own. */
export interface Site {
  readonly url: string
  readonly told: Told[]
  /** Resolves once a page has tracked by itself. */
  tracked(): Promise<Tracked>
  /** Lets a page show what it has prerendered. */
  show(): void
  close(): Promise<void>
}

interface Page {
  scripts?: string[]
  headers?: Record<string, string>
  body?: (query: string) => string
}

/** The script tag as the README has it, with what the page's query says. */
const tag = (query: string, attributes = '') =>
  `<script src="/nsm.js" data-write-key="wk_test" data-endpoint="${new URLSearchParams(query).get('collector')}" ${attributes}></script>`

const usual = ['/warp.js', '/nsm.js', '/app.js']

const pages: Record<string, Page> = {
  '/': {},
  '/next': {},
  '/without-the-tracker': { scripts: [] },
  '/life': { scripts: ['/device-clock.js', '/nsm.js', '/life.js'] },
  '/strict': {
    headers: {
      'content-security-policy': [
        "default-src 'none'",
        "script-src 'self'",
        "connect-src 'self' http://127.0.0.1:*",
        // Browsers ask for an icon whether the page has one or not.
        "img-src 'self'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
      ].join('; '),
    },
  },
  '/broken-storage': { scripts: ['/warp.js', '/break-storage.js', '/nsm.js', '/app.js'] },
  '/two-copies': { scripts: ['/warp.js', '/nsm.js', '/keep-first.js', '/nsm.js?again', '/app.js'] },
  '/tag': {
    scripts: [],
    body: (query) =>
      `<button data-nsm-track="value_moment" data-nsm-prop-n="0">Go</button>${tag(query, 'data-auto')}<script src="/app.js"></script>`,
  },
  '/module': { scripts: [], body: (query) => tag(query, 'type="module"') },
  '/without-a-key': { scripts: ['/keep-warnings.js', '/nsm.js', '/nsm.js?again'] },
  '/hostile': {
    scripts: ['/hostile.js', ...usual],
    // Elements with names shadow properties of the document.
    body: () => ['prerendering', 'hidden', 'title', 'referrer', 'URL'].map((name) => `<img name="${name}">`).join(''),
  },
  '/sandbox': { scripts: [], body: (query) => `<iframe sandbox="allow-scripts" src="/next${query}"></iframe>` },
  '/workers': { scripts: ['/workers.js'] },
  '/idle': { scripts: ['/warp.js', '/count-work.js', '/nsm.js', '/app.js'] },
  '/prerenders': {
    scripts: ['/show-next.js'],
    body: (query) =>
      `<script type="speculationrules">{"prerender":[{"urls":["/next${query}"],"eagerness":"immediate"}]}</script>`,
  },
}

const scriptFile = new URL('../../packages/sdk/dist/nsm.js', import.meta.url)

let built: Promise<string> | undefined
/** A worker as a product builds it: its own code and the ESM build that it imports, in one file that is a module. */
const worker = () => {
  built ??= build({
    entryPoints: [fileURLToPath(new URL('pages/worker.js', import.meta.url))],
    bundle: true,
    format: 'esm',
    write: false,
  }).then(({ outputFiles }) => outputFiles[0]!.text)
  return built
}

/** Serves the pages of a product that uses the built script file. */
export async function startSite(): Promise<Site> {
  const told: Told[] = []
  const says = new EventEmitter()
  const server = createServer(async (request, response) => {
    const { pathname, search } = new URL(request.url!, 'http://site')
    // The sandboxed frame's origin is opaque, so what it says crosses origins.
    response.setHeader('access-control-allow-origin', '*')
    if (request.method === 'POST') {
      const said = JSON.parse(await text(request))
      if (pathname === '/told') told.push(said)
      says.emit(pathname, said)
      response.end()
    } else if (pathname === '/when-to-show') {
      says.once('show', () => response.end())
    } else if (pathname === '/worker.js') {
      response.setHeader('content-type', 'text/javascript').end(await worker())
    } else if (pathname.endsWith('.js')) {
      const file = pathname === '/nsm.js' ? scriptFile : new URL(`pages${pathname}`, import.meta.url)
      response.setHeader('content-type', 'text/javascript').end(readFileSync(file))
    } else if (pages[pathname]) {
      const { scripts = usual, headers = {}, body } = pages[pathname]
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
      response.setHeader('content-type', 'text/html').end(`<!doctype html><meta charset="utf-8"><title>Product</title>
${scripts.map((src) => `<script src="${src}"></script>`).join('\n')}
<h1>A product</h1>${body?.(search) ?? ''}`)
    } else {
      response.writeHead(404).end()
    }
  })
  const port = await freePort()
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${port}`,
    told,
    async tracked() {
      const [tracked] = await once(says, '/tracked')
      return tracked
    },
    show: () => says.emit('show'),
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
