import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Code, RequestError } from './codes.js'
import { handleError } from './error-handler.js'
import { NO_SNIFF } from './no-sniff.js'

/** A client that is still sending gets this long to read the answer. */
const LINGER_MS = 2_000

/** What Node's parser and timeouts call the errors that are not simply 400. */
const CODES_OF_NODE: Readonly<Record<string, Code>> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  HPE_INVALID_METHOD: 'unknown_method',
  HPE_PAUSED_H2_UPGRADE: 'unsupported_http_version',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
}

/** One of several reasons with the same code; a missing carriage return is another. */
const OTHER_VERSION = 'Invalid HTTP version'

/** Fastify's options for requests that fail before they reach a route; {@link answerMalformed} does the rest. */
export const malformedOptions = {
  // Node would answer without a body.
  http: { requireHostHeader: false },
  frameworkErrors(error: Error, request: FastifyRequest, reply: FastifyReply): void {
    // No hook runs here.
    handleError(error, request, reply.headers(NO_SNIFF))
  },
  clientErrorHandler(error: NodeJS.ErrnoException & { reason?: string }, socket: Socket): void {
    // Browsers open connections ahead. They would take an answer on one for that to the request they send next.
    if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && socket.bytesRead === 0) {
      socket.destroy()
      return
    }
    const code =
      error.reason === OTHER_VERSION ? 'unsupported_http_version' : (CODES_OF_NODE[error.code ?? ''] ?? 'bad_request')
    const sentence =
      code === 'bad_request' && error.reason ? `The request is not valid HTTP: ${error.reason}.` : undefined
    this.log.debug({ code, err: error }, 'a request could not be parsed')
    answerOnSocket(socket, new RequestError(code, sentence))
  },
} as const satisfies object & ThisType<FastifyInstance>

/** Answers what Node would answer by itself without a body, or by closing the connection. */
export function answerMalformed(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const { headers, httpVersion } = request.raw
    if (headers.host !== undefined || httpVersion !== '1.1') return done()
    done(new RequestError('bad_request', 'The request has no Host header.'))
  })
  app.server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    const rejection = new RequestError('expectation_failed')
    const body = JSON.stringify(rejection)
    response.writeHead(rejection.status, headersOf(rejection, body)).end(body)
    request.resume()
  })
  app.server.on('connect', (_request: IncomingMessage, socket: Socket) => {
    answerOnSocket(socket, new RequestError('unknown_method', 'This is not a proxy: it does not take CONNECT.'))
  })
}

const rejected = new WeakSet<Socket>()

function answerOnSocket(socket: Socket, rejection: RequestError): void {
  // The parser reports an error again for every chunk that follows.
  if (rejected.has(socket)) return
  rejected.add(socket)
  socket.on('error', () => {})
  afterEarlierAnswers(socket, () => writeAnswer(socket, rejection))
}

type Answering = Socket & { _httpMessage?: ServerResponse<IncomingMessage> | null }

/**
 * A connection may carry several requests. Those that came whole get their own answers first, or one of them would be
 * told what is wrong with the next.
 */
function afterEarlierAnswers(socket: Answering, then: () => void): void {
  // Node's own name for the response that has the socket, until it has finished; then the next one in line gets it.
  const response = socket._httpMessage
  if (response?.req.complete) {
    response.once('finish', () => afterEarlierAnswers(socket, then))
  } else then()
}

function writeAnswer(socket: Answering, rejection: RequestError): void {
  // In the middle of an answer, another one would be read as a part of it.
  if (!socket.writable || socket._httpMessage?.headersSent) {
    socket.destroySoon()
    return
  }
  const body = JSON.stringify(rejection)
  const lines = [
    `HTTP/1.1 ${rejection.status} ${STATUS_CODES[rejection.status]}`,
    ...Object.entries({ ...headersOf(rejection, body), connection: 'close' }).map(
      ([name, value]) => `${name}: ${value}`,
    ),
  ]
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`)
  // Resetting the connection at once might lose the answer on its way. Who has not closed it by then is not listening.
  const timer = setTimeout(() => socket.resetAndDestroy(), LINGER_MS)
  socket.once('close', () => clearTimeout(timer))
  socket.resume()
}

function headersOf(rejection: RequestError, body: string): Record<string, string> {
  return {
    ...rejection.headers,
    ...NO_SNIFF,
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
  }
}
