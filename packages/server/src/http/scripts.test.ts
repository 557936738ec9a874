import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import fastify, { type FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compressResponses } from './compression.js'
import { parseParameters } from './route-schema.js'
import { loadFile, serveFiles } from './scripts.js'

const TYPE = 'text/javascript; charset=utf-8'
const CONTENT = {
  'large.js': Buffer.from(Array.from({ length: 500 }, (_, i) => `console.log('line ${i}')\n`).join('')),
  'tiny.js': Buffer.from('track()'),
  'random.js': randomBytes(5_000),
}
const large = CONTENT['large.js']
let app: FastifyInstance

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'nsm-files-'))
  const files = new Map()
  for (const [name, bytes] of Object.entries(CONTENT)) {
    await writeFile(join(folder, name), bytes)
    files.set(name, await loadFile(join(folder, name), 'text/javascript', 'A file'))
  }
  await rm(folder, { recursive: true })
  expect(files.get('large.js').integrity).toBe(`sha384-${createHash('sha384').update(large).digest('base64')}`)
  app = fastify()
  parseParameters(app)
  compressResponses(app)
  serveFiles(app, files)
})
afterAll(() => app.close())

const get = (
  accept?: string,
  headers: Record<string, string> = {},
  url = '/large.js',
  method: 'GET' | 'HEAD' = 'GET',
) =>
  app.inject({ method, url, headers: { ...headers, ...(accept === undefined ? {} : { 'accept-encoding': accept }) } })

describe('a script file', () => {
  it.each([
    [undefined, undefined],
    ['', undefined],
    ['identity', undefined],
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip, deflate', 'gzip'],
    ['GZIP', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['br;q=0.5, gzip;q=0.9', 'gzip'],
    ['br;q=0, *', 'gzip'],
    ['*', 'br'],
    ['*;q=0', undefined],
    ['gzip;q=0.2, identity;q=0.8', undefined],
    ['zstd', undefined],
  ])('for a client that accepts %j is encoded as %s', async (accept, encoding) => {
    const answer = await get(accept)
    expect(answer.headers['content-encoding']).toBe(encoding)
    const decode = encoding === 'br' ? brotliDecompressSync : encoding === 'gzip' ? gunzipSync : Buffer.from
    expect(decode(answer.rawPayload).equals(large)).toBe(true)
    expect(answer.headers).toMatchObject({
      'content-type': TYPE,
      'content-length': String(answer.rawPayload.length),
      vary: 'accept-encoding',
    })
    if (encoding) expect(answer.rawPayload.length).toBeLessThan(large.length / 2)
  })

  it.each([['br'], ['gzip'], ['identity']])(
    'has an entity tag of its own as %s, and is not sent twice',
    async (accept) => {
      const { etag } = (await get(accept)).headers
      for (const known of [`${etag}`, `W/${etag}`, `"other", ${etag}`, '*']) {
        const again = await get(accept, { 'if-none-match': known })
        expect([again.statusCode, again.headers.etag, again.body]).toEqual([304, etag, ''])
        expect(again.headers).toMatchObject({ vary: 'accept-encoding', 'cache-control': 'public, max-age=300' })
      }
      for (const other of ['br', 'gzip', 'identity'].filter((name) => name !== accept)) {
        expect((await get(other, { 'if-none-match': `${etag}` })).statusCode).toBe(200)
      }
    },
  )

  it('says the same to HEAD, without the body', async () => {
    for (const accept of ['br', 'gzip', 'identity']) {
      const [whole, head] = [await get(accept), await get(accept, {}, '/large.js', 'HEAD')]
      expect([head.statusCode, head.body]).toEqual([200, ''])
      expect({ ...head.headers, date: '' }).toEqual({ ...whole.headers, date: '' })
    }
  })

  it('may be kept for ever when it is asked for by its hash, whatever its encoding', async () => {
    const hash = createHash('sha256').update(large).digest('hex').slice(0, 16)
    for (const accept of ['br', 'identity']) {
      const answer = await get(accept, {}, `/large.js?v=${hash}`)
      expect(answer.headers['cache-control']).toBe('public, max-age=31536000, immutable')
    }
  })

  it.each(['tiny.js', 'random.js'] as const)('that compression makes no smaller stays as it is: %s', async (name) => {
    const answer = await get('br, gzip', {}, `/${name}`)
    expect(answer.headers).not.toHaveProperty('content-encoding')
    expect(answer.rawPayload.equals(CONTENT[name])).toBe(true)
  })
})
