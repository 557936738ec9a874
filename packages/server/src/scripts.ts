import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { Refusal } from './codes.js'

/** A file for a page: its bytes, their hash, and what a script tag's `integrity` says of them. */
export interface StaticFile {
  bytes: Buffer
  type: string
  hash: string
  integrity: string
}

const require = createRequire(import.meta.url)

/** The script files of the packages, as they were built. A missing one is left out. */
export async function loadScripts(): Promise<Map<string, StaticFile>> {
  const files = new Map<string, StaticFile>()
  for (const [name, entry] of [
    ['nsm.js', () => require.resolve('@nsm/sdk')],
    ['stub.js', () => require.resolve('@nsm/sdk')],
    ['nsm-card.js', () => require.resolve('@nsm/card')],
  ] as const) {
    try {
      files.set(name, await loadFile(join(dirname(entry()), name), 'text/javascript; charset=utf-8'))
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code !== 'ENOENT' && code !== 'MODULE_NOT_FOUND') throw error
    }
  }
  return files
}

/** The line that a page has inside its script tag until `nsm.js` is there; null where it was not built. */
export function stubOf(files: ReadonlyMap<string, StaticFile>): string | null {
  const [line] = files.get('stub.js')?.bytes.toString().split('\n') ?? []
  return line?.replace(/;$/, '') ?? null
}

/** Reads a file that pages ask for. */
export async function loadFile(path: string, type: string): Promise<StaticFile> {
  const bytes = await readFile(path)
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 16)
  return { bytes, type, hash, integrity: `sha384-${createHash('sha384').update(bytes).digest('base64')}` }
}

/**
 * `GET /name` for each file. With `?v=HASH` of its own hash an answer holds for ever; without, it is asked for anew
 * after five minutes, so that an upgrade reaches every page.
 */
export function serveFiles(app: FastifyInstance, files: ReadonlyMap<string, StaticFile>): void {
  app.get<{ Params: { file: string }; Querystring: { v?: string } }>(
    '/:file',
    { exposeHeadRoute: true },
    async (request, reply) => {
      const file = files.get(request.params.file)
      if (!file) throw new Refusal('not_found', `There is nothing at GET /${request.params.file}.`)
      const etag = `"${file.hash}"`
      reply.headers({
        etag,
        // A script tag with `integrity`, and every module, is asked for in CORS mode.
        'access-control-allow-origin': '*',
        'cross-origin-resource-policy': 'cross-origin',
        'x-content-type-options': 'nosniff',
        'cache-control': request.query.v === file.hash ? 'public, max-age=31536000, immutable' : 'public, max-age=300',
      })
      if (request.headers['if-none-match'] === etag) return reply.code(304).send()
      return reply.type(file.type).send(file.bytes)
    },
  )
}
