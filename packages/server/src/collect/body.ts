import type { Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { Refusal } from '../codes.js'

const INFLATERS = { gzip: createGunzip, br: createBrotliDecompress, deflate: createInflate } as const

/**
 * Reads a body, inflating it as its Content-Encoding says, and stops as soon as it has grown over `limit` bytes: a
 * small body that inflates to gigabytes costs no more than the limit.
 *
 * @throws Refusal `batch_too_large`, `unknown_encoding`, `invalid_encoding`
 */
export async function readBody(source: Readable, encoding: string | undefined, limit: number): Promise<Buffer> {
  return collect(inflate(source, encoding), source, limit)
}

/** The body as it was before it was compressed; `source` itself when it was not. @throws Refusal `unknown_encoding` */
export function inflate(source: Readable, encoding: string | undefined): Readable {
  const name = (encoding ?? 'identity').trim().toLowerCase()
  if (name === 'identity' || name === '') return source
  const create = INFLATERS[name as keyof typeof INFLATERS]
  if (!create) throw new Refusal('unknown_encoding')
  const inflater = create()
  source.on('error', (error) => inflater.destroy(error))
  source.on('close', () => {
    if (!source.readableEnded) inflater.destroy(new Error('The body ended before its end.'))
  })
  return source.pipe(inflater)
}

/** A body must have come within this. */
const ARRIVAL_MS = 30_000

function collect(stream: Readable, source: Readable, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => refuse(new Refusal('request_timeout')), ARRIVAL_MS)
    const chunks: Buffer[] = []
    let bytes = 0
    const refuse = (refusal: Refusal) => {
      clearTimeout(timer)
      stream.removeAllListeners('data')
      if (stream !== source) {
        source.unpipe()
        stream.destroy()
      }
      // What is still on its way is let run off, so that the answer reaches a sender that is still writing.
      source.resume()
      reject(refusal)
    }
    stream.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > limit) refuse(new Refusal('batch_too_large'))
      else chunks.push(chunk)
    })
    stream.on('end', () => {
      clearTimeout(timer)
      resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks))
    })
    stream.on('error', () => refuse(new Refusal(stream === source ? 'bad_request' : 'invalid_encoding')))
    source.on('close', () => {
      clearTimeout(timer)
      if (!source.readableEnded) reject(new Refusal('bad_request', 'The body ended before its end.'))
    })
  })
}
