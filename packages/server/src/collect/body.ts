import type { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { brotliDecompress, createBrotliDecompress, createGunzip, createInflate, gunzip, inflate } from 'node:zlib'
import { RequestError } from '../http/codes.js'
import { ConcurrencyLimit } from '../http/concurrency-limit.js'
import type { Body } from './body-memory.js'

const ENCODINGS = {
  gzip: { stream: createGunzip, whole: promisify(gunzip) },
  br: { stream: createBrotliDecompress, whole: promisify(brotliDecompress) },
  deflate: { stream: createInflate, whole: promisify(inflate) },
} as const

/** A body must have arrived within this. */
const ARRIVAL_MS = 30_000
/** Brotli may take 16 MB to inflate even a small body. */
const inflating = new ConcurrencyLimit(8, Number.POSITIVE_INFINITY)

export interface BodyReader {
  /** `Content-Encoding`. */
  encoding: string | undefined
  /** Bytes, arrived as well as inflated. */
  limit: number
  memory: Body
  /** ms; default 30 s. */
  arrivalMs?: number
}

/**
 * Reads a body and inflates it as its Content-Encoding says. It is inflated only when all of it has arrived, so that
 * slow senders hold no inflater, and no further than to the limit: a small body that inflates to gigabytes costs no
 * more than that.
 *
 * @throws RequestError `batch_too_large`, `unsupported_encoding`, `invalid_encoding`, `request_timeout`, `overloaded`, `bad_request`
 */
export async function readBody(source: Readable, { encoding, limit, memory, arrivalMs }: BodyReader): Promise<Buffer> {
  const codec = codecOf(encoding)
  const bytes = await collect(source, limit, memory, arrivalMs ?? ARRIVAL_MS)
  if (!codec) return bytes
  const inflated = await inflating.run(() =>
    codec.whole(bytes, { maxOutputLength: limit }).catch((cause: NodeJS.ErrnoException) => {
      const code = cause.code === 'ERR_BUFFER_TOO_LARGE' ? 'batch_too_large' : 'invalid_encoding'
      throw new RequestError(code, undefined, undefined, { cause })
    }),
  )
  memory.grow(inflated.length)
  return inflated
}

/** A body as it was before it was compressed; `source` itself when it was not. @throws RequestError `unsupported_encoding` */
export function inflateStream(source: Readable, encoding: string | undefined): Readable {
  const codec = codecOf(encoding)
  if (!codec) return source
  const inflater = codec.stream()
  source.on('error', (error) => inflater.destroy(error))
  source.on('close', () => {
    if (!source.readableEnded) inflater.destroy(new Error('The body ended before its end.'))
  })
  return source.pipe(inflater)
}

/** @returns null for a body that is not compressed. @throws RequestError `unsupported_encoding` */
function codecOf(encoding: string | undefined) {
  const name = (encoding ?? 'identity').trim().toLowerCase()
  if (name === 'identity' || name === '') return null
  const codec = ENCODINGS[name as keyof typeof ENCODINGS]
  if (!codec) throw new RequestError('unsupported_encoding')
  return codec
}

function collect(source: Readable, limit: number, memory: Body, arrivalMs: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => fail(new RequestError('request_timeout')), arrivalMs)
    const chunks: Buffer[] = []
    let bytes = 0
    const fail = (rejection: RequestError) => {
      clearTimeout(timer)
      source.removeAllListeners('data')
      // What is still on its way is let run off, so that the answer reaches a sender that is still writing.
      source.resume()
      reject(rejection)
    }
    memory.onGiveWay = fail
    source.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > limit) return fail(new RequestError('batch_too_large'))
      try {
        memory.grow(chunk.length)
        chunks.push(chunk)
      } catch (error) {
        fail(error as RequestError)
      }
    })
    source.on('end', () => {
      clearTimeout(timer)
      memory.complete()
      resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks))
    })
    source.on('error', () => fail(new RequestError('bad_request')))
    source.on('close', () => {
      clearTimeout(timer)
      if (!source.readableEnded) fail(new RequestError('bad_request', 'The body ended before its end.'))
    })
  })
}
