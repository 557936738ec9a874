import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { batchSchema, LIMITS, MESSAGE_TYPES, messageSchema, type Problem, parseWith } from '@nsm/schema'
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchema } from 'fastify'
import { type Code, RequestError } from '../http/codes.js'
import { type KeyKind, type Keyring, presentedKey } from '../http/keys.js'
import { countRejection, type Metrics } from '../http/metrics.js'
import { json, WRITE_KEY } from '../http/route-schema.js'
import { type Journal, JournalError } from '../journal/index.js'
import { accept } from './accept.js'
import { type Answer, answerSchema } from './answer.js'
import { readBody } from './body.js'
import type { Body, BodyMemory } from './body-memory.js'
import type { DedupWindow } from './dedup-window.js'
import type { EventTail } from './event-tail.js'
import { withoutByteOrderMark } from './lines.js'
import type { Rejections } from './rejections.js'

export interface Collector {
  journal: Pick<Journal, 'append'>
  keys: Keyring
  dedupWindow: DedupWindow
  rejections: Rejections
  bodies: BodyMemory
  eventTail: EventTail
  metrics: Metrics
  /** ms since the epoch. */
  now(): number
}

declare module 'fastify' {
  interface FastifyRequest {
    /** What the body takes; only where events are collected. */
    memory?: Body
  }
}

// Beacons say text/plain, and curl -d calls everything a form.
const JSON_TYPES = /^(application\/([\w.-]+\+)?json|text\/plain|application\/x-www-form-urlencoded)\s*(;|$)/i

/** `POST /batch` and `/track`, `/identify`, …: Segment's messages in, on disk before the answer. */
export function collectRoutes(app: FastifyInstance, collector: Collector): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (request: FastifyRequest, payload: IncomingMessage) => parseBody(request, payload))

  app.decorateRequest('memory')
  app.addHook('onRequest', async (request, reply) => {
    const key = presentedKey(request.headers)
    // Before a byte of the body is read. One without a key in its headers may have it in its body.
    if (key) requireKind(collector.keys, key, isImport(request) ? ['secret', 'write'] : ['write', 'secret'])
    // Before the size is checked: an import has no limit, and this may be one with the wrong key.
    if (isImport(request)) requireBatch(request)
    if (Number(request.headers['content-length']) > LIMITS.batchBytes) throw new RequestError('batch_too_large')
    const body = collector.bodies.open(key !== null)
    request.memory = body
    const release = () => body.release()
    reply.raw.once('close', release)
    reply.raw.once('finish', release)
  })

  app.addHook('onError', async (_request, _reply, error) => {
    if (!(error instanceof RequestError)) return
    countRejection(collector.metrics, error.code)
    const { code, message, status, path } = error
    collector.rejections.add({ i: 0, status, code, message, ...(path ? { path } : {}) }, null, collector.now())
  })

  app.addHook('onResponse', async (_request, reply) => {
    if (reply.statusCode === 200) collector.metrics.acknowledgement.observe(reply.elapsedTime / 1_000)
  })

  // Segment's library for browsers says `/b`, `/t`, `/i`, … where the others say `/batch`, `/track`, `/identify`.
  const both = (
    path: string,
    schema: FastifySchema & { summary: string },
    handle: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>,
  ) => {
    const common = { answer: json(answerSchema), security: WRITE_KEY }
    app.post(path, { schema: { ...schema, ...common } }, handle)
    const short = path.slice(0, 2)
    app.post(short, { schema: { ...schema, ...common, summary: `Short for ${app.prefix}${path}` } }, handle)
  }

  both(
    '/batch',
    {
      summary: 'Send a batch of messages',
      description:
        'The body is { "batch": [messages], "sentAt"?, "context"?, "writeKey"? }, as in Segment\'s HTTP API. A 2xx means that the accepted events are on disk.',
      requestBody: json(batchSchema),
    },
    (request) => collectBatch(collector, request),
  )
  // Segment's older libraries send their batches here. Requests with a secret key go to the import's own route.
  app.post('/import', { schema: { hide: true } }, (request) => collectBatch(collector, request))

  for (const type of MESSAGE_TYPES) {
    both(
      `/${type}`,
      { summary: `Send one ${type} message`, requestBody: json(messageSchema) },
      async (request, reply) => {
        const { body } = request
        if (typeof body !== 'object' || body === null || Array.isArray(body)) {
          throw new RequestError('invalid_body', `Send one ${type} message as a JSON object.`)
        }
        const { writeKey, ...message } = body as Record<string, unknown>
        authorize(collector.keys, request, writeKey)
        const answer = await collect(collector, [{ ...message, type }])
        if (answer.results[0]) reply.code(answer.results[0].status)
        return answer
      },
    )
  }
}

/** @throws RequestError when the headers show an import without the secret key that it needs */
function requireBatch({ headers }: FastifyRequest): void {
  const type = headers['content-type']
  if (type === undefined || JSON_TYPES.test(type)) return
  throw presentedKey(headers)
    ? new RequestError('insufficient_permissions', `A write key can only send a batch here. ${IMPORTING}`)
    : new RequestError('missing_key')
}

/** @throws RequestError `invalid_body`, `too_many_events` or, for the key, as {@link authorize} says */
async function collectBatch(collector: Collector, request: FastifyRequest): Promise<Answer> {
  const body = parseWith(batchSchema, request.body)
  if (!body.ok) {
    const { message, path } = body.problems[0] as Problem
    throw new RequestError('invalid_body', withHint(request, message), path)
  }
  const { batch, sentAt, context, writeKey } = body.value
  authorize(collector.keys, request, writeKey)
  if (batch.length > LIMITS.batchEvents) throw new RequestError('too_many_events')
  return collect(collector, batch, sentAt, context)
}

const IMPORTING = 'To import JSON lines, use a secret key.'
const isImport = ({ routeOptions }: FastifyRequest) => routeOptions.url?.endsWith('/import') ?? false

/** A sentence about a body that is not a batch; at the address of imports it may have been meant as one. */
const withHint = (request: FastifyRequest, sentence: string) =>
  isImport(request) ? `${sentence} ${IMPORTING}` : sentence

/** @throws RequestError `unsupported_media_type`, `invalid_json`, or as {@link readBody} says */
async function parseBody(request: FastifyRequest, payload: IncomingMessage): Promise<unknown> {
  const type = request.headers['content-type']
  if (type !== undefined && !JSON_TYPES.test(type)) throw new RequestError('unsupported_media_type')
  const bytes = await readBody(payload, {
    encoding: request.headers['content-encoding'],
    limit: LIMITS.batchBytes,
    memory: request.memory as Body,
  })
  try {
    return JSON.parse(withoutByteOrderMark(bytes.toString()))
  } catch (error) {
    if (isImport(request) && presentedKey(request.headers) === null) throw new RequestError('missing_key')
    throw new RequestError('invalid_json', withHint(request, `The body is not JSON: ${(error as Error).message}.`))
  }
}

/** @throws RequestError when neither the header nor the body has a write key of this service, or `overloaded` */
function authorize(keys: Keyring, request: FastifyRequest, inBody: unknown): void {
  const key = presentedKey(request.headers) ?? (typeof inBody === 'string' ? inBody : null)
  requireKind(keys, key, ['write', 'secret'])
  request.memory?.showKey()
}

/** @throws RequestError `missing_key`, `unknown_key` or `insufficient_permissions` */
export function requireKind(keys: Keyring, key: string | null, kinds: readonly KeyKind[]): void {
  if (!key) throw new RequestError('missing_key')
  const kind = keys.kindOf(key)
  if (kind === null) throw new RequestError('unknown_key')
  if (!kinds.includes(kind))
    throw new RequestError('insufficient_permissions', `This takes a ${kinds[0]} key; the one sent is a ${kind} key.`)
}

async function collect(
  collector: Collector,
  messages: readonly unknown[],
  sentAt?: number,
  context?: Record<string, unknown> | null,
): Promise<Answer> {
  const { journal, dedupWindow, metrics } = collector
  const receivedAt = collector.now()
  const { lines, ids, duplicate, rejections } = accept(messages, {
    receivedAt,
    sentAt,
    context,
    isKnown: (id) => dedupWindow.has(id),
    mintId: randomUUID,
  })
  if (lines.length > 0) await append(journal, lines)
  for (const id of ids) dedupWindow.add(id)
  for (const rejection of rejections) {
    countRejection(metrics, rejection.code)
    collector.rejections.add(rejection, messages[rejection.i], receivedAt)
  }
  collector.eventTail.add(lines)
  metrics.accepted.inc(lines.length)
  metrics.duplicate.inc(duplicate)
  metrics.rejected.inc(rejections.length)
  return {
    success: rejections.length === 0,
    accepted: lines.length,
    duplicate,
    rejected: rejections.length,
    results: rejections,
  }
}

const JOURNAL_CODES: Partial<Record<JournalError['code'], Code>> = {
  journal_closed: 'shutting_down',
  journal_lost: 'journal_lost',
}

/** @throws RequestError `journal_unwritable`, `journal_lost` or `shutting_down` */
export async function append(journal: Collector['journal'], lines: readonly string[]): Promise<void> {
  try {
    await journal.append(Buffer.from(`${lines.join('\n')}\n`))
  } catch (error) {
    if (!(error instanceof JournalError)) throw error
    // Where the journal lies is the operator's to know, not the sender's.
    throw new RequestError(JOURNAL_CODES[error.code] ?? 'journal_unwritable', undefined, undefined, { cause: error })
  }
}
