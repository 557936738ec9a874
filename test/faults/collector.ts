import { EventEmitter, once } from 'node:events'
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { freePort } from '../free-port.js'

/** A Segment message as it arrived. */
interface Received {
  messageId: string
  type: string
  timestamp: string
  event?: string
  properties?: { n?: number }
  context?: { seq?: number }
}

/** One line of the log: an attempt to deliver, or an event that an attempt delivered. */
export type Line =
  | {
      kind: 'attempt'
      attempt: number
      /** ms UTC by the collector's clock. */
      at: number
      method: string
      path: string
      origin: string | undefined
      type: string | undefined
      bytes: number
      sentAt: string | undefined
      ids: string[]
    }
  | { kind: 'event'; attempt: number; at: number; duplicate: boolean; event: Received }

/** What an attempt meets. Unless it says so, a fault accepts nothing. */
export type Answer =
  | 'accept'
  /** Accepts, and answers as Segment does: without a word about the events. */
  | 'segment'
  /** Takes the request and never answers. */
  | 'hang'
  /** Accepts the events and breaks the connection before the answer. */
  | 'drop'
  /** Accepts the events and breaks the connection in the middle of the answer. */
  | 'cut'
  | { status: number; retryAfter?: string }
  /** Accepts, and answers once this is resolved. */
  | { slow: Promise<unknown> }
  /** 413 for a larger batch, else accepts. */
  | { most: number }
  /** Accepts all but these, which it refuses for good. */
  | { refuse: (event: Received) => boolean }

/** A real collector on a socket, as faulty as a test wants it. */
export interface Collector {
  readonly url: string
  /** The append-only log: the truth of what arrived. */
  readonly log: string
  /** What the next attempts meet; a function decides for each. */
  answer: Answer | ((attempt: number, ids: string[]) => Answer)
  /** How far its clock is ahead of this machine's, ms. */
  ahead: number
  /** The most requests that were ever in flight together. */
  readonly together: number
  lines(): Line[]
  /** Resolves once the log satisfies the condition; looked at whenever it grows. */
  until(condition: (lines: Line[]) => boolean): Promise<void>
  /** Stops listening and cuts every connection: refused, as a stopped process does. */
  stop(): Promise<void>
  /** Listens again on the same port and knows what it accepted. */
  start(): Promise<void>
  /** Stops for good, and removes the log. */
  dispose(): Promise<void>
}

/** Starts a collector on a free port. What it accepts it accepts once by `messageId`, however often it comes. */
export async function startCollector(): Promise<Collector> {
  const folder = mkdtempSync(join(tmpdir(), 'nsm-collector-'))
  const log = join(folder, 'log.ndjson')
  appendFileSync(log, '')
  const growth = new EventEmitter().setMaxListeners(0)
  const accepted = new Set<string>()
  let attempts = 0
  let inFlight = 0
  let together = 0
  const port = await freePort()

  const write = (line: Line) => {
    appendFileSync(log, `${JSON.stringify(line)}\n`)
    growth.emit('line')
  }
  const now = () => Date.now() + collector.ahead

  async function receive(request: IncomingMessage, response: ServerResponse) {
    inFlight++
    together = Math.max(together, inFlight)
    response.once('close', () => inFlight--)
    const body = await text(request)
    response.setHeader('access-control-allow-origin', '*')
    response.setHeader('access-control-expose-headers', 'Retry-After')
    const attempt = ++attempts
    const { batch = [], sentAt } = parse(body)
    const ids = batch.map(({ messageId }) => messageId)
    write({
      kind: 'attempt',
      attempt,
      at: now(),
      method: request.method!,
      path: request.url!,
      origin: request.headers.origin,
      type: request.headers['content-type'],
      bytes: Buffer.byteLength(body),
      sentAt,
      ids,
    })
    if (request.method === 'OPTIONS') {
      response.setHeader('access-control-allow-headers', '*').writeHead(204).end()
      return
    }
    const answer = typeof collector.answer === 'function' ? collector.answer(attempt, ids) : collector.answer
    if (answer === 'hang') return
    if (typeof answer === 'object' && 'status' in answer) {
      if (answer.retryAfter) response.setHeader('retry-after', answer.retryAfter)
      response.writeHead(answer.status).end()
      return
    }
    if (typeof answer === 'object' && 'most' in answer && batch.length > answer.most) {
      response.writeHead(413).end()
      return
    }
    const refused = (event: Received) => typeof answer === 'object' && 'refuse' in answer && answer.refuse(event)
    const results: object[] = []
    let duplicates = 0
    for (const [i, event] of batch.entries()) {
      if (refused(event)) {
        results.push({ i, status: 422, code: 'rejected', message: 'The test rejects this event.' })
        continue
      }
      const duplicate = accepted.has(event.messageId)
      if (duplicate) duplicates++
      accepted.add(event.messageId)
      write({ kind: 'event', attempt, at: now(), duplicate, event })
    }
    if (answer === 'drop') {
      response.destroy()
      return
    }
    if (typeof answer === 'object' && 'slow' in answer) await answer.slow
    const counts = { accepted: batch.length - duplicates - results.length, duplicate: duplicates }
    const said = JSON.stringify({
      success: results.length === 0,
      ...(answer !== 'segment' && { ...counts, rejected: results.length, results }),
    })
    response.setHeader('content-type', 'application/json').setHeader('content-length', Buffer.byteLength(said))
    if (answer === 'cut') response.write(said.slice(0, said.length / 2), () => response.destroy())
    else response.end(said)
  }

  const server = createServer((request, response) => {
    // A page that leaves may break its own request off; that is no fault of this collector.
    receive(request, response).catch(() => response.destroy())
  })
  const collector: Collector = {
    get url() {
      return `http://127.0.0.1:${port}`
    },
    log,
    answer: 'accept',
    ahead: 0,
    get together() {
      return together
    },
    lines: () =>
      readFileSync(log, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    async until(condition) {
      while (!condition(collector.lines())) await once(growth, 'line')
    },
    async stop() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
    async start() {
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
    },
    async dispose() {
      if (server.listening) await collector.stop()
      rmSync(folder, { recursive: true })
    },
  }
  await collector.start()
  return collector
}

function parse(body: string): { batch?: Received[]; sentAt?: string } {
  try {
    return JSON.parse(body)
  } catch {
    return {}
  }
}
