import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'
import sirv from 'sirv'
import { root } from './exec.mjs'

/** The service that the example pages are written for. */
const WRITTEN = 'http://127.0.0.1:4600'

/**
 * Serves the example pages from an origin of their own, as a product would; they call the given service.
 *
 * @throws what `listen` throws, such as EADDRINUSE
 */
export async function serveExamples(service, port) {
  const folder = join(root, 'examples')
  const files = sirv(folder, { dev: true })
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, WRITTEN)
    // Without the slash a page would look for its style and script one folder up.
    if (extname(pathname) === '' && !pathname.endsWith('/')) return redirect(response, `${pathname}/`)
    if (pathname === '/') return redirect(response, '/script-tag/')
    const page = pathname.endsWith('/') ? `${pathname}index.html` : pathname
    if (!page.endsWith('.html')) return files(request, response)
    const text = await readFile(join(folder, page), 'utf8').catch(() => null)
    if (text === null) return files(request, response)
    response.setHeader('content-type', 'text/html; charset=utf-8').end(text.replaceAll(WRITTEN, service))
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function redirect(response, location) {
  response.writeHead(302, { location }).end()
}
