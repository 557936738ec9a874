import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { usageError } from '../failure.js'

export interface Source {
  /** The name to show: the path, or `standard input`. */
  name: string
  /** The content, decompressed if it was gzip. Can be read once. */
  bytes: AsyncIterable<Uint8Array>
  /** Bytes on disk; undefined if unknown. */
  size: number | undefined
  /** Bytes read from disk so far. */
  read(): number
}

const GZIP_MAGIC = [0x1f, 0x8b] as const

/**
 * Opens a file, or standard input for `-`. Gzip is recognized by its first bytes, not by the file's name.
 * @throws Failure when the file does not exist.
 */
export async function openSource(path: string, input: AsyncIterable<Uint8Array>): Promise<Source> {
  const size = path === '-' ? undefined : await fileSize(path)
  const raw = path === '-' ? input : createReadStream(path, { highWaterMark: 1 << 18 })
  let read = 0
  async function* counted() {
    for await (const chunk of raw) {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
      read += bytes.length
      yield bytes
    }
  }
  const name = path === '-' ? 'standard input' : path
  return { name, size, read: () => read, bytes: inflated(counted(), name) }
}

async function fileSize(path: string): Promise<number | undefined> {
  try {
    const found = await stat(path)
    if (found.isDirectory()) throw usageError(`${path} is a folder. Name a file in it.`)
    return found.isFile() ? found.size : undefined
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw usageError(`There is no file ${path}. Use - to read standard input.`)
    }
    throw error
  }
}

async function* inflated(chunks: AsyncGenerator<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  const head: Uint8Array[] = []
  let length = 0
  while (length < GZIP_MAGIC.length) {
    const next = await chunks.next()
    if (next.done) break
    head.push(next.value)
    length += next.value.length
  }
  const first = Buffer.concat(head)
  const rest = (async function* () {
    if (first.length > 0) yield first
    yield* chunks
  })()
  if (!GZIP_MAGIC.every((byte, i) => first[i] === byte)) {
    yield* rest
    return
  }
  // pipeline passes errors from either end to the reader of the result.
  const gunzip = pipeline(Readable.from(rest), createGunzip(), () => {})
  try {
    yield* gunzip
  } catch (error) {
    throw usageError(
      `${name} can’t be decompressed: ${(error as Error).message}. The gzip file may be incomplete or damaged.`,
    )
  }
}
