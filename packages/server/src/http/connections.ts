import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

export interface ConnectionLimits {
  /** Connections in all. */
  total: number
  /** Connections of one address. Behind a proxy all come from one. */
  perAddress: number
  /** How long a sender has to finish a request that is answered already; ms. */
  lingerMs: number
}

export interface Connections {
  readonly open: number
  /** Connections that were closed, or not let in, because there were too many. */
  readonly turnedAway: number
  /** Never closes this one to make room. */
  protect(socket: Socket): void
}

/** Each connection takes a descriptor and some 15 kB. */
const MOST = 8_192
/** Left for the journal, the log, the reader and the next files to be opened. */
const OTHER_FILES = 256
const LINGER_MS = 5_000

/** Limits that fit the open files this process may have. */
export function connectionLimits(): ConnectionLimits {
  const total = Math.max(64, Math.min(MOST, openFilesLimit() - OTHER_FILES))
  return { total, perAddress: total / 2, lingerMs: LINGER_MS }
}

function openFilesLimit(): number {
  // Else it looks up the name of every peer.
  Object.assign(process.report, { excludeNetwork: true })
  const report = process.report.getReport() as { userLimits?: { open_files?: { soft?: number | string } } }
  const soft = report.userLimits?.open_files?.soft
  return typeof soft === 'number' ? soft : Number.POSITIVE_INFINITY
}

/**
 * Bounds a server's connections. When there are too many, the one goes that has kept the server waiting longest: for a
 * request, or for the rest of one. A connection whose request is being answered stays. A new connection is let in
 * rather than an idle one kept, so idle ones cannot shut anybody out.
 */
export function boundConnections(server: Server, limits: ConnectionLimits): Connections {
  const all = new Group(limits.total)
  const addresses = new Map<string, Group>()
  const members = new Map<Socket, Member>()
  let turnedAway = 0

  const groupOf = (address: string): Group => {
    const known = addresses.get(address)
    if (known) return known
    const group = new Group(limits.perAddress)
    addresses.set(address, group)
    return group
  }
  const remove = (socket: Socket) => {
    const member = members.get(socket)
    if (!member) return
    members.delete(socket)
    all.remove(socket)
    member.group.remove(socket)
    if (member.group.size === 0) addresses.delete(member.address)
  }

  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? ''
    const group = groupOf(address)
    for (const full of [group, all]) {
      if (full.size < full.limit) continue
      turnedAway++
      const longest = full.longestWaiting()
      if (!longest) {
        socket.destroy()
        return
      }
      remove(longest)
      longest.destroy()
    }
    // Closing the only other connection of this address may have removed its group.
    const member = { address, group: groupOf(address), inFlight: 0, isProtected: false }
    members.set(socket, member)
    socket.once('close', () => remove(socket))
    all.add(socket)
    member.group.add(socket)
  })

  const startWaiting = (socket: Socket, member: Member) => {
    if (member.isProtected) return
    all.startWaiting(socket)
    member.group.startWaiting(socket)
  }
  const stopWaiting = (socket: Socket) => {
    all.stopWaiting(socket)
    members.get(socket)?.group.stopWaiting(socket)
  }

  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request
    const member = members.get(socket)
    if (!member) return
    member.inFlight++
    if (hasBody(request)) {
      startWaiting(socket, member)
      request.once('end', () => stopWaiting(socket))
    } else stopWaiting(socket)
    response.once('close', () => {
      member.inFlight--
      if (socket.destroyed) return
      if (!request.complete) closeUnlessFinished(request, limits.lingerMs)
      if (member.inFlight === 0) startWaiting(socket, member)
    })
  })

  return {
    get open() {
      return all.size
    },
    get turnedAway() {
      return turnedAway
    },
    protect(socket) {
      const member = members.get(socket)
      if (member) member.isProtected = true
      stopWaiting(socket)
    },
  }
}

interface Member {
  address: string
  group: Group
  /** Requests that are not answered yet. */
  inFlight: number
  isProtected: boolean
}

/** Connections with a limit. */
class Group {
  readonly #sockets = new Set<Socket>()
  /** Those that keep the server waiting, in the order in which they began to. */
  readonly #waiting = new Set<Socket>()

  constructor(readonly limit: number) {}

  get size(): number {
    return this.#sockets.size
  }

  add(socket: Socket): void {
    this.#sockets.add(socket)
    this.#waiting.add(socket)
  }

  remove(socket: Socket): void {
    this.#sockets.delete(socket)
    this.#waiting.delete(socket)
  }

  startWaiting(socket: Socket): void {
    this.#waiting.delete(socket)
    if (this.#sockets.has(socket)) this.#waiting.add(socket)
  }

  stopWaiting(socket: Socket): void {
    this.#waiting.delete(socket)
  }

  longestWaiting(): Socket | undefined {
    return this.#waiting.values().next().value
  }
}

const hasBody = ({ headers }: IncomingMessage) =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0

/** Its answer is out, but the sender is still writing. */
function closeUnlessFinished(request: IncomingMessage, lingerMs: number): void {
  const { socket } = request
  const timer = setTimeout(() => socket.destroy(), lingerMs)
  const stop = () => {
    clearTimeout(timer)
    // The connection may go on with thousands of requests.
    socket.off('close', stop)
  }
  request.once('end', stop)
  socket.once('close', stop)
}
