import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { Report } from '@nsm/schema'

/** Nothing inline, no eval, no string turned into markup but Lit's own templates (two copies of them here), no third host. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; " +
  "require-trusted-types-for 'script'; trusted-types lit-html 'allow-duplicates'"

const STYLE = ':root { color-scheme: light dark; background: Canvas } nsm-card { width: 400px }'

// The clock of the fixtures, and a list of what the browser refused.
const SETUP = `
globalThis.refusals = []
document.addEventListener('securitypolicyviolation', (event) => refusals.push(event.violatedDirective))
for (const card of document.querySelectorAll('nsm-card')) card.now = Date.parse('2026-11-18T14:02:00Z')
`

const script = fileURLToPath(new URL('../../packages/card/dist/nsm-card.js', import.meta.url))

/** What the page asks the report's address for; may answer or leave it open. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => void

export const answerWith =
  (report: Report): Answer =>
  (_, response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(report))

/** A page under a strict policy that holds the built script file and some markup; `/report…` is answered by the test. */
export async function openPage(body: string, answer: Answer, origin = '127.0.0.1') {
  const requests: { url: string; authorization: string | undefined }[] = []
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://page')
    const send = (type: string, text: string | Buffer) => response.writeHead(200, { 'content-type': type }).end(text)
    if (pathname === '/nsm-card.js') return send('text/javascript', await readFile(script))
    if (pathname === '/setup.js') return send('text/javascript', SETUP)
    if (pathname === '/page.css') return send('text/css', STYLE)
    if (pathname.startsWith('/report')) {
      requests.push({ url: request.url ?? '', authorization: request.headers.authorization })
      return answer(request, response)
    }
    if (pathname !== '/') return response.writeHead(404).end()
    response.setHeader('content-security-policy', POLICY)
    return send(
      'text/html',
      `<!doctype html><html lang="en"><meta charset="utf-8"><title>A page</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="/page.css"><script type="module" src="/setup.js"></script>
<script type="module" src="/nsm-card.js"></script><script type="module" src="/nsm-card.js?again"></script>
<body><main><h1>A page</h1>${body}</main></body></html>`,
    )
  })
  await new Promise<void>((resolve) => server.listen(0, origin, resolve))
  return {
    url: `http://${origin}:${(server.address() as AddressInfo).port}/`,
    requests,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
