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
export function readBody(source: Readable, encoding: string | undefined, limit: number): Promise<Buffer> {
  const name = (encoding ?? 'identity').trim().toLowerCase()
  if (name === 'identity' || name === '') return collect(source, source, limit)
  const create = INFLATERS[name as keyof typeof INFLATERS]
  if (!create) return Promise.reject(new Refusal('unknown_encoding'))
  const inflater = create()
  source.on('error', (error) => inflater.destroy(error))
  return collect(source.pipe(inflater), source, limit)
}

function collect(stream: Readable, source: Readable, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    const refuse = (refusal: Refusal) => {
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
    stream.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)))
    stream.on('error', () => refuse(new Refusal(stream === source ? 'bad_request' : 'invalid_encoding')))
    source.on('close', () => {
      if (!source.readableEnded) reject(new Refusal('bad_request', 'The body ended before its end.'))
    })
  })
}
