import { fileURLToPath } from 'node:url'
import { valueMoment } from '@nsm/schema'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { WatchedTree } from '../process/tree-file.js'
import { DEVELOPMENT_KEYS, isLoopback, type Keyring } from './keys.js'
import { text } from './route-schema.js'
import { loadFile, type StaticFile, stubOf } from './scripts.js'

export interface DashboardOptions {
  keys: Keyring
  /** The address the service listens on. */
  host: string
  /** The page's script and style and the public script files, by name. */
  files: ReadonlyMap<string, StaticFile>
  tree: Pick<WatchedTree, 'tree'>
}

/** The page's own files. */
export async function loadDashboard(): Promise<Map<string, StaticFile>> {
  const at = (name: string) => fileURLToPath(new URL(`../../assets/${name}`, import.meta.url))
  return new Map([
    ['dashboard.js', await loadFile(at('dashboard.js'), 'text/javascript', "The dashboard's script")],
    ['dashboard.css', await loadFile(at('dashboard.css'), 'text/css', "The dashboard's style sheet")],
  ])
}

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ')

const DASHBOARD = {
  summary: 'The dashboard',
  description: 'Asks for a read token, except on your own machine with the development keys.',
  answer: text('text/html'),
}

/**
 * `GET /`: the dashboard. It holds no figures: it asks for them with a read token, which it is given only with the
 * development token, on this machine and by its own name; anywhere else the person is asked for one.
 */
export function dashboardRoutes(app: FastifyInstance, { keys, host, files, tree }: DashboardOptions): void {
  app.get('/', { schema: DASHBOARD }, async (request, reply) => {
    const local = isLoopback(host) && keys.development.includes('read') && isAskedLocally(request)
    const setup = {
      writeKey: keys.publicKey,
      token: local ? DEVELOPMENT_KEYS.read : null,
      // The tree's names are the product's own business, too.
      event: local ? valueMoment(tree.tree) : null,
      stub: stubOf(files),
      scripts: Object.fromEntries(
        ['nsm.js', 'nsm-card.js'].flatMap((name) => {
          const file = files.get(name)
          return file ? [[name, { version: file.hash, integrity: file.integrity }]] : []
        }),
      ),
    }
    reply.headers({
      'content-security-policy': POLICY,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    })
    return reply.type('text/html; charset=utf-8').send(page(setup, files))
  })
}

/**
 * Whether the asker sits at this machine and typed its own name. A proxy in front makes everybody look local, and a
 * name that someone else pointed here would make this page theirs.
 */
function isAskedLocally({ headers, ip, hostname }: FastifyRequest): boolean {
  return (
    isLoopback(ip.replace(/^::ffff:/, '')) && isLoopback(hostname) && !headers.forwarded && !headers['x-forwarded-for']
  )
}

function page(setup: object, files: DashboardOptions['files']): string {
  const url = (name: string) => `/${name}?v=${files.get(name)?.hash ?? ''}`
  // A data block is not run, and `<` is the one character that could end it early.
  const data = JSON.stringify(setup).replaceAll('<', '\\u003c')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>North Star</title>
<link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Cpath fill='%232f57c8' d='M16 1l3.6 11.4L31 16l-11.4 3.6L16 31l-3.6-11.4L1 16l11.4-3.6z'/%3E%3C/svg%3E">
<link rel="stylesheet" href="${url('dashboard.css')}">
<script id="setup" type="application/json">${data}</script>
<script type="module" src="${url('nsm-card.js')}"></script>
<script type="module" src="${url('dashboard.js')}"></script>
</head>
<body>
<header>
<svg class="star" viewBox="0 0 32 32" aria-hidden="true"><path d="M16 1l3.6 11.4L31 16l-11.4 3.6L16 31l-3.6-11.4L1 16l11.4-3.6z"/></svg>
<h1 id="product">North Star</h1>
<p id="state" role="status"></p>
</header>
<main>
<form id="sign-in" hidden>
<h2>Enter a read token</h2>
<p>You need one to see this dashboard. It is kept in this tab only.</p>
<label for="token">Read token</label>
<div class="row"><input id="token" name="token" type="password" autocomplete="off" required><button>Show</button></div>
<p id="rejected" role="alert"></p>
</form>
<div id="metrics"></div>
<section id="latest" hidden>
<h2>Latest events</h2>
<div class="scroll"><table><thead><tr><th>Received</th><th>Event</th><th>User</th><th>Properties</th></tr></thead><tbody></tbody></table></div>
</section>
<section id="rejections" hidden>
<h2>Rejected events</h2>
<div class="scroll"><table><thead><tr><th>Last seen</th><th>Count</th><th>Reason</th><th>Code</th></tr></thead><tbody></tbody></table></div>
</section>
<section>
<h2>Track a value moment</h2>
<div id="snippets"></div>
</section>
</main>
</body>
</html>
`
}
