import { type ChildProcess, fork } from 'node:child_process'
import type { FastifyBaseLogger } from 'fastify'
import type { Position } from '../journal/index.js'
import type { FromReader, ToReader } from '../reader/messages.js'

/** The part of a child process that supervising needs. */
export type ReaderChild = Pick<ChildProcess, 'on' | 'once' | 'send' | 'kill' | 'connected' | 'pid' | 'stdout'>

export interface SupervisorOptions {
  /** Starts a reader process. */
  spawn(): ReaderChild
  /** Everything a reader needs to begin; asked anew for each. */
  greeting(): Extract<ToReader, { type: 'start' }>
  onApplied(position: Position, events: number): void
  log: FastifyBaseLogger
  /** Where the reader's own log goes. */
  logTo: { write(text: string): unknown }
}

/** Why the reader could not start, from its own mouth. */
interface StartFailure {
  code: string
  message: string
}

export interface ReaderProcess {
  /** Whether it answers. */
  readonly ready: boolean
  /** What is wrong, in one sentence that names no folder; null when nothing is. */
  readonly problem: string | null
  readonly applied: Position | null
  readonly restarts: number
  readonly pid: number | undefined
  send(message: ToReader): void
  /** Calls `listener` whenever a ready reader ends or stops answering: its open requests will not be answered. */
  onDown(listener: () => void): void
  /** Starts the first one. Resolves with null when one is ready, or with why several in a row failed; trying goes on. */
  start(): Promise<StartFailure | null>
  /** Lets it apply what is committed and end; ends it after `bound` ms. */
  stop(bound: number): Promise<void>
}

const BACKOFF_MS = [50, 200, 500, 1_000, 2_000, 5_000, 10_000] as const
/** A reader that lived this long did not die of its start. */
const HEALTHY_MS = 30_000
/** A reader whose collector was killed takes a moment to release the store; a failure that outlasts this is reported. */
const PATIENCE_MS = 4_000

/**
 * How often the reader is pinged. The store runs queries and inserts on its own threads: a query of ten seconds delays
 * the answer by some 20 ms, so a reader that does not answer is not just busy.
 */
export const PING_MS = 1_000
/** Unanswered pings until it is not ready. Counted rather than timed, because pings stop while this process is suspended. */
export const PINGS_UNTIL_DOWN = 5
/** Unanswered pings until it is killed and restarted. */
export const PINGS_UNTIL_KILLED = 20
/** The same before it is ready: opening a large store blocks it. */
const PINGS_UNTIL_KILLED_AT_START = 60

/** What `readyz` says about a store's problem; the log has the full message, with folders and addresses. */
const PUBLIC_PROBLEMS: Record<string, string> = {
  store_full: "The store's disk is full. Make room for it; the service then continues by itself.",
  store_unreachable: 'The store does not answer.',
  store_locked: 'Another process has the store.',
  store_unusable: 'The store cannot be opened; the log says why.',
}

export function forkReader(entry: URL): ReaderChild {
  return fork(entry, { serialization: 'advanced', stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
}

/** Keeps one reader process running: a crash of its native engine costs a restart, never an acknowledgement. */
export function superviseReader(options: SupervisorOptions): ReaderProcess {
  return new Supervisor(options)
}

class Supervisor implements ReaderProcess {
  readonly #options: SupervisorOptions
  #child: ReaderChild | null = null
  #opened = false
  #unanswered = 0
  #problem: string | null = 'The reader is starting.'
  #applied: Position | null = null
  #failure: StartFailure | null = null
  #deaths = 0
  #restarts = 0
  #born = 0
  #begun = 0
  #stopping = false
  #again: NodeJS.Timeout | null = null
  #pings: NodeJS.Timeout | null = null
  #exited: Promise<void> = Promise.resolve()
  #settle: (failure: StartFailure | null) => void = () => {}
  readonly #downListeners = new Set<() => void>()

  constructor(options: SupervisorOptions) {
    this.#options = options
  }

  get ready(): boolean {
    return this.#opened && this.#unanswered < PINGS_UNTIL_DOWN
  }

  get problem(): string | null {
    return this.#opened && !this.ready ? 'The reader does not answer.' : this.#problem
  }

  get applied(): Position | null {
    return this.#applied
  }

  get restarts(): number {
    return this.#restarts
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  onDown(listener: () => void): void {
    this.#downListeners.add(listener)
  }

  send(message: ToReader): void {
    // A reader that just died is not told; its successor starts with all of it.
    if (this.#child?.connected) this.#child.send(message, () => {})
  }

  start(): Promise<StartFailure | null> {
    this.#begun = Date.now()
    const started = new Promise<StartFailure | null>((resolve) => {
      this.#settle = resolve
    })
    this.#run()
    return started
  }

  async stop(bound: number): Promise<void> {
    this.#stopping = true
    if (this.#again) clearTimeout(this.#again)
    const child = this.#child
    if (!child) return
    this.send({ type: 'stop' })
    const kill = setTimeout(() => child.kill('SIGKILL'), bound)
    await this.#exited
    clearTimeout(kill)
  }

  #run(): void {
    const { spawn, greeting, log, logTo } = this.#options
    this.#again = null
    this.#born = Date.now()
    this.#failure = null
    this.#unanswered = 0
    const child = spawn()
    this.#child = child
    child.stdout?.on('data', (chunk: Buffer) => logTo.write(chunk.toString()))
    child.on('error', (error) => log.error({ err: error }, 'the reader process'))
    child.on('message', (message) => this.#hear(message as FromReader))
    this.#exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#ended(code, signal)
        resolve()
      })
    })
    this.#pings = setInterval(() => this.#ping(child), PING_MS).unref()
    this.send(greeting())
  }

  #ping(child: ReaderChild): void {
    const wasReady = this.ready
    this.#unanswered++
    const { log } = this.#options
    if (wasReady && !this.ready) {
      log.warn({ reader: child.pid }, 'the reader does not answer')
      this.#tellDown()
    }
    if (this.#unanswered > (this.#opened ? PINGS_UNTIL_KILLED : PINGS_UNTIL_KILLED_AT_START)) {
      log.error({ reader: child.pid }, 'the reader hangs and is killed')
      child.kill('SIGKILL')
      return
    }
    this.send({ type: 'ping' })
  }

  #hear(message: FromReader): void {
    const { log } = this.#options
    if (this.#opened && !this.ready) log.info({ reader: this.#child?.pid }, 'the reader answers again')
    this.#unanswered = 0
    if (message.type === 'ready') {
      this.#opened = true
      this.#problem = null
      this.#applied = message.applied
      log.info({ reader: this.#child?.pid, applied: this.#applied }, 'reader ready')
      this.#settle(null)
    } else if (message.type === 'applied') {
      this.#applied = message.position
      this.#options.onApplied(message.position, message.events)
    } else if (message.type === 'store') {
      const { problem } = message
      this.#problem = problem && (PUBLIC_PROBLEMS[problem.code] ?? 'The store takes no events; the log says why.')
      if (problem) log.warn({ code: problem.code, problem: problem.message }, 'the store takes no events')
      else log.info('the store takes events again')
    } else if (message.type === 'failed') {
      this.#failure = { code: message.code, message: message.message }
    }
  }

  #ended(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.#pings) clearInterval(this.#pings)
    const wasOpened = this.#opened
    this.#child = null
    this.#opened = false
    if (wasOpened) this.#tellDown()
    if (this.#stopping) return
    const failure = this.#failure
    const ended = `The reader ended (${signal ?? code}) and is restarting.`
    this.#problem = failure ? (PUBLIC_PROBLEMS[failure.code] ?? ended) : ended
    this.#deaths = Date.now() - this.#born > HEALTHY_MS ? 1 : this.#deaths + 1
    this.#options.log.warn({ code, signal, problem: failure?.message ?? ended }, 'reader ended')
    if (Date.now() - this.#begun > PATIENCE_MS) this.#settle(failure ?? { code: 'store_unusable', message: ended })
    this.#restarts++
    this.#again = setTimeout(() => this.#run(), BACKOFF_MS[Math.min(this.#deaths, BACKOFF_MS.length) - 1])
  }

  #tellDown(): void {
    for (const listener of this.#downListeners) listener()
  }
}
