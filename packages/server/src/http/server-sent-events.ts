import type { FastifyReply } from 'fastify'

/** Comments keep a stream open through proxies that close quiet ones. */
const HEARTBEAT_MS = 15_000
const HEARTBEAT = ': here\n\n'

interface ServerSentEvent {
  event: string
  id?: string
  /** One line, such as JSON. */
  data: string
}

/** An answer that goes on until one side ends it. */
export interface EventStream {
  /** Bytes that the client has not taken yet. */
  readonly unread: number
  send(events: readonly ServerSentEvent[]): void
  /** Calls back when the stream has ended, whoever ended it; at once when it already has. */
  onClose(listener: () => void): void
  /** Cuts the stream off; the client comes back by itself. */
  cutOff(): void
}

/** Answers with server-sent events, and a HEAD with their headers. Those that `reply` has so far go with them. */
export function startEventStream(reply: FastifyReply): EventStream {
  reply.header('content-type', 'text/event-stream; charset=utf-8').header('cache-control', 'no-store')
  const headers = reply.getHeaders()
  reply.hijack()
  const { raw } = reply
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) raw.setHeader(name, value)
  raw.writeHead(200)
  if (reply.request.method === 'HEAD') raw.end()
  // Its client may have left while the answer was prepared.
  let isClosed = raw.destroyed
  const write = (text: string) => {
    if (!raw.destroyed && !raw.writableEnded) raw.write(text)
  }
  // Sends the headers, too: the first event may be hours away.
  write(HEARTBEAT)
  const timer = isClosed ? undefined : setInterval(() => write(HEARTBEAT), HEARTBEAT_MS)
  raw.once('close', () => {
    isClosed = true
    clearInterval(timer)
  })
  return {
    get unread() {
      return raw.writableLength
    },
    send: (events) => write(events.map(format).join('')),
    onClose(listener) {
      if (isClosed) listener()
      else raw.once('close', listener)
    },
    cutOff: () => raw.destroy(),
  }
}

function format({ event, id, data }: ServerSentEvent): string {
  return `event: ${event}\n${id === undefined ? '' : `id: ${id}\n`}data: ${data}\n\n`
}
