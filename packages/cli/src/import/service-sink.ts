import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Rejection } from '../input/row.js'
import { endpoint, failureOf, reach } from '../service/ask.js'
import type { Arrival, Sink } from './sink.js'

const DEVELOPMENT_SECRET_KEY = 'sk_dev'
const TRIES = 6
const FIRST_PAUSE_MS = 500
const TEMPORARY = [408, 429, 500, 502, 503, 504]
const compress = promisify(gzip)

interface Answer {
  results?: { i: number; code: string; message: string; path?: string }[]
}

/**
 * Imports into a running service over `POST /v1/import`, as gzipped JSON lines. The service recognizes events by their id,
 * so an import that stopped can be run again.
 */
export function serviceSink({ url, key = DEVELOPMENT_SECRET_KEY }: { url: string; key: string | undefined }): Sink {
  const address = endpoint(url, 'v1/import')
  return {
    name: new URL(url).origin,
    position: async () => null,
    async write(block) {
      const rejected = new Map<number, Rejection>()
      for (const part of parts(block)) {
        const { results = [] } = await post(address, key, part)
        for (const { i, code, message, path = '' } of results) {
          rejected.set((part[i] as Arrival).line, { code, message, path })
        }
      }
      return rejected
    },
    close: async () => {},
  }
}

/** The service lists at most this many rejected lines per response. */
const ROWS_PER_REQUEST = 10_000

function* parts(block: readonly Arrival[]): Generator<readonly Arrival[]> {
  for (let from = 0; from < block.length; from += ROWS_PER_REQUEST) yield block.slice(from, from + ROWS_PER_REQUEST)
}

async function post(address: URL, key: string, part: readonly Arrival[]): Promise<Answer> {
  const body = await compress(part.map((arrival) => `${JSON.stringify(toWire(arrival))}\n`).join(''))
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' }
  for (let attempt = 1; ; attempt++) {
    const pause = attempt < TRIES ? FIRST_PAUSE_MS * 2 ** (attempt - 1) : undefined
    const response = await reach(address, { method: 'POST', headers, body }).catch((error: Error) => {
      if (pause === undefined) throw error
      return null
    })
    if (response?.ok) return (await response.json()) as Answer
    if (response && (pause === undefined || !TEMPORARY.includes(response.status))) {
      throw await failureOf(response, '--key (or NSM_SECRET_KEY)')
    }
    await sleep(Math.max(retryAfter(response), pause as number))
  }
}

const TIMES = ['timestamp', 'originalTimestamp', 'sentAt', 'receivedAt'] as const

/** The message to send, with times as ISO 8601, since a small number of milliseconds could be read as seconds. */
function toWire({ message, id }: Arrival): Record<string, unknown> {
  const wire: Record<string, unknown> = { ...message, messageId: id }
  for (const key of TIMES) {
    const ms = message[key]
    if (ms !== undefined) wire[key] = new Date(ms).toISOString()
  }
  return wire
}

/** How long the service asks to wait before the next request; ms. */
function retryAfter(response: Response | null): number {
  const seconds = Number(response?.headers.get('retry-after') ?? 0)
  return Number.isFinite(seconds) ? seconds * 1000 : 0
}
