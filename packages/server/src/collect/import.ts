import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { batchSchema, LIMITS } from '@nsm/schema'
import type { FastifyInstance } from 'fastify'
import { CODES, RequestError } from '../http/codes.js'
import { type Keyring, presentedKey } from '../http/keys.js'
import { countRejection } from '../http/metrics.js'
import { ANY_KEY, json, text } from '../http/route-schema.js'
import { accept } from './accept.js'
import { type Answer, answerSchema, type Rejection } from './answer.js'
import { inflateStream } from './body.js'
import { readLines } from './lines.js'
import { append, type Collector } from './routes.js'

/** An import may take any time, as long as data keeps coming. */
const PATIENCE_MS = 30_000
/** How many rejected lines the answer lists; all are counted. */
const LISTED = 10_000

/** Routes requests with a secret key: for them `/import` is the import, for all others it takes a batch. */
const secretKey = (keys: Keyring) => ({
  name: SECRET_KEY,
  storage() {
    const handlers = new Map<unknown, unknown>()
    return { get: (held: unknown) => handlers.get(held) ?? null, set: handlers.set.bind(handlers) }
  },
  deriveConstraint(request: IncomingMessage) {
    // Called for every request, but only this route depends on it.
    if (!request.url?.includes('/import')) return undefined
    const key = presentedKey(request.headers)
    return key !== null && keys.kindOf(key) === 'secret' ? true : undefined
  },
})
const SECRET_KEY = 'secretKey'

/** Of both routes at this address. */
const IMPORT = {
  summary: 'Import history, or send a batch',
  description:
    "The key decides. With a secret key, the body is JSON lines of any length and age, one message per line. With a write key it is a batch, because Segment's older libraries send their batches here.",
  requestBody: { ...text('application/x-ndjson'), ...json(batchSchema) },
  answer: json(answerSchema),
  security: ANY_KEY,
}

/**
 * `POST /import`: JSON lines of any length, one message each, gzip or br if wished. They are written as they come; the
 * answer comes when all are on disk. What breaks off is sent again from the start: a message is known by its `messageId`.
 */
export function importRoutes(app: FastifyInstance, collector: Collector): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request: unknown, payload: IncomingMessage, done: (e: null, b: unknown) => void) =>
    done(null, payload),
  )

  app.addConstraintStrategy(secretKey(collector.keys) as never)
  app.post('/import', { constraints: { [SECRET_KEY]: true }, schema: IMPORT }, async (request) => {
    const memory = collector.bodies.open(true)
    // What it holds at most at a time. It may take long, and a secret key is not for strangers.
    memory.complete()
    memory.grow(LIMITS.batchBytes)
    const answer: Answer = { success: true, accepted: 0, duplicate: 0, rejected: 0, results: [] }
    const body = inflateStream(request.raw, request.headers['content-encoding'])
    let line = 0
    try {
      for await (const lines of readLines(body, LIMITS.batchBytes, PATIENCE_MS)) {
        await importLines(collector, lines, line, answer)
        line += lines.length
      }
    } catch (error) {
      if (error instanceof RequestError) throw error
      throw new RequestError('invalid_encoding', undefined, undefined, { cause: error })
    } finally {
      memory.release()
    }
    answer.success = answer.rejected === 0
    return answer
  })
}

const BATCH =
  'With a secret key, this imports JSON lines, one message per line. Send a batch to /v1/batch, or use a write key here.'

async function importLines(
  collector: Collector,
  texts: readonly string[],
  from: number,
  answer: Answer,
): Promise<void> {
  const { journal, dedupWindow, metrics } = collector
  const messages: unknown[] = []
  /** The lines that the messages came from. */
  const places: number[] = []
  const reject = (rejection: Rejection) => {
    answer.rejected++
    countRejection(metrics, rejection.code)
    metrics.rejected.inc()
    if (answer.results.length < LISTED) answer.results.push(rejection)
  }
  for (const [i, text] of texts.entries()) {
    try {
      const message = JSON.parse(text)
      if (from + i === 0 && Array.isArray(message?.batch)) throw new RequestError('invalid_body', BATCH)
      messages.push(message)
      places.push(from + i)
    } catch (error) {
      if (error instanceof RequestError) throw error
      const { status } = CODES.invalid_json
      reject({
        i: from + i,
        status,
        code: 'invalid_json',
        message: `The line is not JSON: ${(error as Error).message}.`,
      })
    }
  }
  const { lines, ids, duplicate, rejections } = accept(messages, {
    receivedAt: collector.now(),
    isKnown: (id) => dedupWindow.has(id),
    mintId: randomUUID,
    imported: true,
  })
  if (lines.length > 0) await append(journal, lines)
  for (const id of ids) dedupWindow.add(id)
  for (const rejection of rejections) reject({ ...rejection, i: places[rejection.i] as number })
  metrics.accepted.inc(lines.length)
  metrics.duplicate.inc(duplicate)
  answer.accepted += lines.length
  answer.duplicate += duplicate
}
