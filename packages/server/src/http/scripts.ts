import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { chooseEncoding, type Encoding } from './encoding.js'
import { matchesEtag } from './etag.js'
import { text } from './route-schema.js'

/** A file for a page: its bytes, their hash, and the value of a script tag's `integrity`. */
export interface StaticFile {
  bytes: Buffer
  /** The same bytes, compressed; without those encodings that do not make the file smaller. */
  compressed: Partial<Record<Encoding, Buffer>>
  /** Without parameters, such as `text/css`. */
  type: string
  /** What it is, in a few words. */
  summary: string
  hash: string
  integrity: string
}

const require = createRequire(import.meta.url)

/** The script files: their names, an entry of their packages, and what they are. */
export const SCRIPTS = [
  ['nsm.js', () => require.resolve('@nsm/sdk'), 'The tracker, for a script tag'],
  ['stub.js', () => require.resolve('@nsm/sdk'), 'The snippet that queues calls until the tracker has loaded'],
  ['nsm-card.js', () => require.resolve('@nsm/card'), 'The card, for a script tag'],
] as const

/** The script files of the packages, as they were built. A missing one is left out. */
export async function loadScripts(): Promise<Map<string, StaticFile>> {
  const files = new Map<string, StaticFile>()
  for (const [name, entry, summary] of SCRIPTS) {
    try {
      files.set(name, await loadFile(join(dirname(entry()), name), 'text/javascript', summary))
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
export async function loadFile(path: string, type: string, summary: string): Promise<StaticFile> {
  const bytes = await readFile(path)
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 16)
  const integrity = `sha384-${createHash('sha384').update(bytes).digest('base64')}`
  return { bytes, compressed: await compress(bytes), type, summary, hash, integrity }
}

/** Bytes. A file below this fits into one packet either way. */
const LEAST_BYTES = 1_000
/** A larger share of the file is not worth the client's work. */
const WORTHWHILE = 0.9

/** As small as it gets (brotli's default quality is its best): it is done once, and sent many times. */
async function compress(bytes: Buffer): Promise<StaticFile['compressed']> {
  if (bytes.length < LEAST_BYTES) return {}
  const [br, zipped] = await Promise.all([promisify(brotliCompress)(bytes), promisify(gzip)(bytes, { level: 9 })])
  return {
    ...(br.length < WORTHWHILE * bytes.length ? { br } : {}),
    ...(zipped.length < WORTHWHILE * bytes.length ? { gzip: zipped } : {}),
  }
}

const parametersSchema = z.object({
  v: z.string().optional().describe("The file's hash. With it, the answer may be cached forever."),
})

/**
 * `GET /name` for each file, compressed as `Accept-Encoding` allows. With `?v=HASH` of its own hash an answer holds for ever; without, it is asked for anew
 * after five minutes, so that an upgrade reaches every page.
 */
export function serveFiles(app: FastifyInstance, files: ReadonlyMap<string, StaticFile>): void {
  for (const [name, file] of files) {
    const schema = { summary: file.summary, querystring: parametersSchema, answer: text(file.type) }
    app.get<{ Querystring: { v?: string } }>(`/${name}`, { schema }, async (request, reply) => {
      const encodings = (['br', 'gzip'] as const).filter((encoding) => file.compressed[encoding])
      const encoding = chooseEncoding(request.headers['accept-encoding'], encodings)
      const etag = encoding ? `"${file.hash}-${encoding}"` : `"${file.hash}"`
      reply.headers({
        etag,
        vary: 'accept-encoding',
        // A script tag with `integrity`, and every module, is asked for in CORS mode.
        'access-control-allow-origin': '*',
        'cross-origin-resource-policy': 'cross-origin',
        'cache-control': request.query.v === file.hash ? 'public, max-age=31536000, immutable' : 'public, max-age=300',
      })
      if (matchesEtag(request.headers['if-none-match'], etag)) return reply.code(304).send()
      if (encoding) reply.header('content-encoding', encoding)
      return reply.type(`${file.type}; charset=utf-8`).send(encoding ? file.compressed[encoding] : file.bytes)
    })
  }
}
