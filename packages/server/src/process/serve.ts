import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import { lockStore, type StoreLock } from '@nsm/engine/lock'
import type { Tree } from '@nsm/schema'
import { type DestinationStream, type Logger, pino } from 'pino'
import { BodyMemory } from '../collect/body-memory.js'
import { DedupWindow } from '../collect/dedup-window.js'
import { EventTail } from '../collect/event-tail.js'
import { Rejections } from '../collect/rejections.js'
import { createApp } from '../http/app.js'
import { loadDashboard } from '../http/dashboard.js'
import { createKeyring, DEVELOPMENT_KEYS, type KeyOptions } from '../http/keys.js'
import { createMetrics } from '../http/metrics.js'
import { loadScripts, stubOf } from '../http/scripts.js'
import { Journal, type JournalError, type Position } from '../journal/index.js'
import { gracefulShutdown } from './graceful-shutdown.js'
import { placeReaderSocket, type ReaderSocket } from './reader-socket.js'
import { ServiceError } from './service-error.js'
import { forkReader, type ReaderProcess, superviseReader } from './supervise.js'
import { type WatchedTree, watchTree } from './tree-file.js'
import { withoutPassword } from './without-password.js'

type Undo = (() => Promise<unknown> | unknown)[]

/** How a service is set up. A key may be given as itself or as `sha256:` and the hex of its hash. */
export interface ServeOptions extends KeyOptions {
  /** The metric tree's file; read again whenever it changes. */
  tree: string
  /** `file:FOLDER` or `https://user:password@host:port/database`. Default `file:nsm-data`. */
  store?: string | undefined
  /** The journal's folder. Default `journal` inside the store's folder, or `nsm-data/journal` for a store elsewhere. */
  journal?: string | undefined
  /** Default 127.0.0.1. Any address that others can reach needs keys. */
  host?: string | undefined
  /** Default 4600; 0 takes a free one. */
  port?: number | undefined
  /** Public keys that can only append events. Default `wk_dev` on this machine while no key of any kind is given. */
  writeKeys?: readonly string[] | undefined
  /** Tokens that read reports. Default `rt_dev` likewise. */
  readTokens?: readonly string[] | undefined
  /** Keys that import, erase and export. Default `sk_dev` likewise. */
  secretKeys?: readonly string[] | undefined
  /** pino's levels. Default `info`. */
  logLevel?: string | undefined
  /** Where the log goes. Default standard output. */
  logTo?: DestinationStream | undefined
  /** Goes on over damage in the journal, the unreadable bytes set aside. */
  salvage?: boolean | undefined
}

/** A running service. */
export interface Service {
  /** Where it is reached, such as `http://127.0.0.1:4600`. */
  url: string
  /** Where the events are stored; without the user and password of a ClickHouse. */
  store: string
  /** Which kinds of key are the development keys, that everybody knows. */
  developmentKeys: Partial<typeof DEVELOPMENT_KEYS>
  /** What a page has inside a script tag before the one of `nsm.js`, to keep early calls; null where it was not built. */
  stub: string | null
  /** Resolves when the service has ended by itself, with why: another one has taken its journal over. */
  ended: Promise<JournalError>
  /** Answers what is in hand, applies what is committed, and ends both processes, within 10 s. */
  close(): Promise<void>
}

const DEFAULT_PORT = 4600
const DEFAULT_FOLDER = 'nsm-data'
/** Requests in hand get this to finish. */
const DRAIN_MS = 4_000
const READER_STOP_MS = 5_000
/** The reader hears of commits at most this often. */
const NOTIFY_MS = 10
const NODE_FLOOR = [20, 15] as const

/**
 * Starts a service: the collector in this process, the reader in one of its own.
 *
 * Resolves when events are collected and reports answered; with a ClickHouse that does not answer, when events are.
 *
 * @throws ServiceError or JournalError: one sentence each, for a port that is taken, a store or journal that another
 *   service uses, a folder that cannot be written, an invalid tree, keys that are missing, a Node too old.
 */
export async function serve(options: ServeOptions): Promise<Service> {
  requireNode()
  const host = options.host ?? '127.0.0.1'
  const store = options.store ?? `file:${DEFAULT_FOLDER}`
  const keys = createKeyring(options, host)
  const log = createLog(options)
  const undo: Undo = []
  try {
    let reader: ReaderProcess | null = null
    const tree = await watch(options.tree, log, (next) => reader?.send({ type: 'tree', tree: next }))
    undo.push(() => tree.close())

    const { journal, storeLock, folder } = await takeFolders(options, store, log, undo)
    const socket = await placeReaderSocket(folder)
    undo.push(() => socket.remove())

    reader = createReader({ journal, folder, tree, store, socketPath: socket.path, log, options })
    undo.push(() => reader?.stop(READER_STOP_MS))

    const metrics = createMetrics()
    journal.onCommit((_end, durationMs) => metrics.commit.observe(durationMs / 1_000))
    const files = new Map([...(await loadScripts()), ...(await loadDashboard())])
    const app = createApp({
      journal,
      reader,
      tree,
      socketPath: socket.path,
      files,
      logger: log,
      dashboard: { keys, host, files, tree },
      collector: {
        journal,
        keys,
        dedupWindow: new DedupWindow(),
        rejections: new Rejections(),
        bodies: new BodyMemory(),
        eventTail: new EventTail(),
        metrics,
        now: Date.now,
      },
    })
    const drain = gracefulShutdown(app.server)
    undo.push(() => app.close())
    await listen(app, host, options.port ?? DEFAULT_PORT)

    const failure = await reader.start()
    if (failure && isFatal(failure.code, store)) throw storeError(failure)

    const { port } = app.server.address() as AddressInfo
    const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`
    const storeShown = withoutPassword(store)
    log.info({ url, store: storeShown, journal: folder, developmentKeys: keys.development }, 'listening')
    const parts = { app, drain, journal, tree, reader, storeLock, socket, log }
    let closing: Promise<void> | null = null
    const close = () => {
      closing ??= shutDown(parts)
      return closing
    }
    return {
      url,
      store: storeShown,
      ended: endWhenLost(parts, close),
      developmentKeys: Object.fromEntries(keys.development.map((kind) => [kind, DEVELOPMENT_KEYS[kind]])),
      stub: stubOf(files),
      close,
    }
  } catch (error) {
    for (const step of undo.reverse()) await step()
    throw error
  }
}

interface Running {
  app: ReturnType<typeof createApp>
  drain: ReturnType<typeof gracefulShutdown>
  journal: Journal
  tree: WatchedTree
  reader: ReaderProcess
  storeLock: StoreLock
  socket: ReaderSocket
  log: Logger
}

async function shutDown({ app, drain, journal, tree, reader, storeLock, socket, log }: Running): Promise<void> {
  const closed = app.close()
  await drain(DRAIN_MS)
  await closed
  await journal.drain()
  tree.close()
  reader.send({ type: 'committed', end: journal.end })
  await reader.stop(READER_STOP_MS)
  await socket.remove()
  await journal.close()
  await storeLock.release()
  log.info('closed')
}

/** Ends the service when another one has taken its journal over. @returns why it ended */
async function endWhenLost({ journal, reader, log }: Running, close: () => Promise<void>): Promise<JournalError> {
  const error = await journal.lost
  log.fatal({ problem: error.message }, 'another service has the journal; this one ends')
  // At once: the other one waits for the store.
  await reader.stop(0)
  await close()
  return error
}

function watch(path: string, log: Logger, onChange: (tree: Tree) => void): Promise<WatchedTree> {
  return watchTree(path, {
    onChange(next) {
      log.info({ tree: path }, 'the tree changed')
      onChange(next)
    },
    onProblem: (problem) => log.warn({ problem }, 'the tree file is broken; the last good one stays in use'),
  })
}

/** Takes both locks, then opens the journal: a service that may not run writes nothing. */
async function takeFolders(options: ServeOptions, store: string, log: Logger, undo: Undo) {
  const storeLock = await takeStore(store)
  undo.push(() => storeLock.release())
  const folder = resolve(options.journal ?? join(folderOf(store), 'journal'))
  const journal = await Journal.open(folder, options.salvage ? { salvage: true } : {})
  undo.push(() => journal.close())
  await storeLock.claim()
  const { torn, setAside } = journal.recovered
  if (torn > 0) log.info({ bytes: torn }, 'a torn last record was passed over')
  for (const file of setAside) log.warn({ file }, 'unreadable bytes of the journal were set aside')
  return { journal, storeLock, folder }
}

async function takeStore(store: string): Promise<StoreLock> {
  try {
    return await lockStore(store)
  } catch (error) {
    throw storeError(error as Error & { code: string })
  }
}

function storeError({ code, message }: { code: string; message: string }): ServiceError {
  return new ServiceError(code === 'store_locked' ? 'store_locked' : 'store_unusable', message)
}

/** Whether a store that cannot be opened stays so until somebody does something here. Events are kept meanwhile. */
function isFatal(code: string, store: string): boolean {
  return store.startsWith('file:') ? code !== 'store_full' : code === 'invalid_location'
}

function createReader(parts: {
  journal: Journal
  folder: string
  tree: WatchedTree
  store: string
  socketPath: string
  log: Logger
  options: ServeOptions
}): ReaderProcess {
  const { journal, folder, tree, store, socketPath, log, options } = parts
  const { logLevel = 'info', logTo = process.stdout } = options
  let segment = journal.first
  const reader = superviseReader({
    spawn: () => forkReader(new URL('../reader/main.js', import.meta.url)),
    log,
    logTo,
    greeting: () => ({
      type: 'start',
      store,
      journal: { folder, id: journal.id, end: journal.end },
      tree: tree.tree,
      socketPath,
      logLevel,
    }),
    onApplied(position: Position) {
      if (position.segment <= segment) return
      segment = position.segment
      journal.removeApplied(position).then(
        (removed) => removed > 0 && log.info({ removed }, 'applied segments of the journal removed'),
        (error: Error) => log.warn({ err: error }, 'applied segments of the journal could not be removed'),
      )
    },
  })
  let telling = false
  journal.onCommit(() => {
    if (telling) return
    telling = true
    setTimeout(() => {
      telling = false
      reader.send({ type: 'committed', end: journal.end })
    }, NOTIFY_MS)
  })
  return reader
}

async function listen(app: ReturnType<typeof createApp>, host: string, port: number): Promise<void> {
  try {
    await app.listen({ host, port })
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    if (code === 'EADDRINUSE') {
      throw new ServiceError(
        'port_in_use',
        `Port ${port} on ${host} is taken; stop what listens there, or choose another port.`,
        { cause },
      )
    }
    if (code === 'EACCES') {
      throw new ServiceError(
        'address_unavailable',
        `Port ${port} on ${host} needs rights this process does not have; choose one above 1023.`,
        { cause },
      )
    }
    throw new ServiceError('address_unavailable', `Cannot listen on ${host}, port ${port}: ${message}`, { cause })
  }
}

function createLog({ logLevel = 'info', logTo }: ServeOptions): Logger {
  const options = { name: 'collector', level: logLevel, redact: ['req.headers', 'headers'] }
  return logTo ? pino(options, logTo) : pino(options)
}

function folderOf(store: string): string {
  return store.startsWith('file:') ? store.slice('file:'.length) : DEFAULT_FOLDER
}

function requireNode(): void {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > NODE_FLOOR[0] || (major === NODE_FLOOR[0] && minor >= NODE_FLOOR[1])) return
  throw new ServiceError(
    'node_too_old',
    `This is Node ${process.versions.node}; the service needs ${NODE_FLOOR.join('.')} or later.`,
  )
}
