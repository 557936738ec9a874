import { chmod, rm } from 'node:fs/promises'
import { openStore, query, report } from '@nsm/engine'
import type { QueryRequest, Report, Tree } from '@nsm/schema'
import { pino } from 'pino'
import { readerApp } from './app.js'
import { createBufferedSubscriber } from './buffered-subscriber.js'
import { reportEtagInput } from './etag-input.js'
import { follow } from './follow.js'
import type { FromReader, ToReader } from './messages.js'
import type { ReportParameters } from './parameters.js'
import { ResponseCache } from './response-cache.js'

/**
 * The reader process: follows the journal into the store and answers reports on a socket of its own. It is the only
 * one that loads the store's native engine.
 */

/** What is committed is still applied before a wanted end, within this. */
const FINISH_MS = 4_000

/** The store answers two questions at a time, and a wide query takes some 100 MB while its answer is built. */
const REPORTS_AT_ONCE = 4
const QUERIES_AT_ONCE = 2

type ReportOptions = Parameters<typeof report>[2]
type Start = Extract<ToReader, { type: 'start' }>

let tree: Tree

const listen = createBufferedSubscriber<ToReader>((hear) => process.on('message', hear))
process.once('message', (message: ToReader) => {
  if (message.type === 'start') start(message).catch(fail)
})
process.on('message', (message: ToReader) => {
  if (message.type === 'ping') say({ type: 'alive' })
})
// Ctrl+C reaches both processes; the collector says when the reader may go.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {})
// Without its collector nobody hears it, and the next one waits for the store: let go at once. The store survives that.
process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'))

function say(message: FromReader, then: () => void = () => {}): void {
  if (process.connected) process.send?.(message, then)
  else then()
}

function fail(error: Error & { code?: string }): void {
  say({ type: 'failed', code: error.code ?? 'store_unusable', message: error.message }, () => process.exit(1))
}

async function start(options: Start): Promise<void> {
  const { journal, socketPath } = options
  const log = pino({ name: 'reader', level: options.logLevel })
  const clock = () => performance.now()
  const onError = (error: Error) => log.error({ err: error }, 'report for listeners')
  tree = options.tree

  // The collector has its lock.
  const store = await openStore(options.store, { locked: true })
  const reports = new ResponseCache({
    compute: (parameters: ReportParameters) =>
      report(store, tree, { ...(parameters as Omit<ReportOptions, 'now'>), now: Date.now() }),
    etagInput: (answer) => reportEtagInput(answer as Report),
    clock,
    onError,
    atOnce: REPORTS_AT_ONCE,
  })
  const queries = new ResponseCache({
    compute: (request: QueryRequest) => query(store, tree, request, Date.now()),
    etagInput: (answer) => ({ ...answer, asOf: null }),
    clock,
    onError,
    atOnce: QUERIES_AT_ONCE,
  })
  const changed = () => {
    reports.changed()
    queries.changed()
  }

  const following = await follow({
    store,
    folder: journal.folder,
    journal: journal.id,
    end: journal.end,
    clock,
    wait,
    onApplied(position, events) {
      changed()
      say({ type: 'applied', position, events })
    },
    onProblem: (problem) => say({ type: 'store', problem }),
    onRejected: (event, error) => log.error({ err: error, event }, 'the store rejects this event; it is left out'),
  })
  following.done.catch(fail)

  const app = readerApp({ reports, queries }, log)
  // The socket of a reader that was killed is still there.
  await rm(socketPath, { force: true })
  await app.listen({ path: socketPath })
  // No key is checked on this socket, so only this user may connect.
  await chmod(socketPath, 0o600)

  const close = async () => {
    reports.close()
    queries.close()
    await app.close()
    await store.close()
  }
  listen((message) => {
    if (message.type === 'committed') following.committed(message.end)
    else if (message.type === 'tree') {
      tree = message.tree
      changed()
    } else if (message.type === 'stop') {
      following
        .finish(AbortSignal.timeout(FINISH_MS))
        .then(close)
        .finally(() => process.exit())
    }
  })
  say({ type: 'ready', applied: following.applied })
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
  })
}
