import { type ChildProcess, fork } from 'node:child_process'
import type { FastifyBaseLogger } from 'fastify'
import type { Position } from './journal/index.js'
import type { FromReader, ToReader } from './reader/messages.js'

export interface SupervisorOptions {
  /** The reader's module. */
  entry: URL
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
  /** What is wrong, in one sentence; null when nothing is. */
  readonly problem: string | null
  readonly applied: Position | null
  readonly restarts: number
  readonly pid: number | undefined
  send(message: ToReader): void
  /** Starts the first one. Resolves with null when one is ready, or with why several in a row failed; trying goes on. */
  start(): Promise<StartFailure | null>
  /** Lets it apply what is committed and end; ends it after `bound` ms. */
  stop(bound: number): Promise<void>
}

const BACKOFF_MS = [50, 200, 500, 1_000, 2_000, 5_000, 10_000] as const
/** A reader that lived this long did not die of its start. */
const HEALTHY_MS = 30_000
/** A reader that says nothing for so long hangs, and is ended. */
const SILENCE_MS = 60_000
/** A reader whose collector was killed needs a moment to let go of the store; who still fails after this is told of. */
const PATIENCE_MS = 4_000

/** Keeps one reader process running: a crash of its native engine costs a restart, never an acknowledgement. */
export function superviseReader({ entry, greeting, onApplied, log, logTo }: SupervisorOptions): ReaderProcess {
  let child: ChildProcess | null = null
  let ready = false
  let problem: string | null = 'The reader is starting.'
  let applied: Position | null = null
  let failure: StartFailure | null = null
  let deaths = 0
  let restarts = 0
  let born = 0
  let begun = 0
  let stopping = false
  let timer: NodeJS.Timeout | null = null
  let exited: Promise<void> = Promise.resolve()
  let settle: (failure: StartFailure | null) => void = () => {}
  const started = new Promise<StartFailure | null>((resolve) => {
    settle = resolve
  })

  function run(): void {
    timer = null
    born = Date.now()
    failure = null
    const current = fork(entry, { serialization: 'advanced', stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
    current.stdout?.on('data', (chunk: Buffer) => logTo.write(chunk.toString()))
    child = current
    exited = new Promise((resolve) => {
      current.once('exit', (code, signal) => {
        ended(code, signal)
        resolve()
      })
    })
    const silence = setTimeout(() => {
      log.error({ reader: current.pid }, 'the reader hangs and is ended')
      current.kill('SIGKILL')
    }, SILENCE_MS).unref()
    current.once('exit', () => clearTimeout(silence))
    current.on('message', () => silence.refresh())
    current.on('error', (error) => log.error({ err: error }, 'the reader process'))
    current.on('message', (message) => hear(message as FromReader))
    tell(current, greeting())
  }

  function hear(message: FromReader): void {
    if (message.type === 'ready') {
      ready = true
      problem = null
      applied = message.applied
      log.info({ reader: child?.pid, applied }, 'reader ready')
      settle(null)
    } else if (message.type === 'applied') {
      applied = message.position
      onApplied(message.position, message.events)
    } else if (message.type === 'store') {
      problem = message.problem
      if (problem) log.warn({ problem }, 'the store takes no events')
      else log.info('the store takes events again')
    } else if (message.type === 'failed') {
      failure = { code: message.code, message: message.message }
    }
  }

  function ended(code: number | null, signal: NodeJS.Signals | null): void {
    child = null
    ready = false
    if (stopping) return
    deaths = Date.now() - born > HEALTHY_MS ? 1 : deaths + 1
    problem = failure?.message ?? `The reader ended (${signal ?? code}) and is started again.`
    log.warn({ code, signal, problem }, 'reader ended')
    if (Date.now() - begun > PATIENCE_MS) settle(failure ?? { code: 'store_unusable', message: problem })
    restarts++
    timer = setTimeout(run, BACKOFF_MS[Math.min(deaths, BACKOFF_MS.length) - 1])
  }

  function tell(target: ChildProcess, message: ToReader): void {
    // A reader that just died is not told; its successor starts with all of it.
    if (target.connected) target.send(message, () => {})
  }

  return {
    start() {
      begun = Date.now()
      run()
      return started
    },
    get ready() {
      return ready
    },
    get problem() {
      return problem
    },
    get applied() {
      return applied
    },
    get restarts() {
      return restarts
    },
    get pid() {
      return child?.pid
    },
    send(message) {
      if (child) tell(child, message)
    },
    async stop(bound) {
      stopping = true
      if (timer) clearTimeout(timer)
      const current = child
      if (!current) return
      tell(current, { type: 'stop' })
      const kill = setTimeout(() => current.kill('SIGKILL'), bound)
      await exited
      clearTimeout(kill)
    },
  }
}
