import { EventEmitter } from 'node:events'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Position } from '../journal/index.js'
import type { FromReader, ToReader } from '../reader/messages.js'
import {
  PING_MS,
  PINGS_UNTIL_DOWN,
  PINGS_UNTIL_KILLED,
  type ReaderChild,
  type ReaderProcess,
  superviseReader,
} from './supervise.js'

/** A reader process that does what a test tells it. */
class FakeReader extends EventEmitter {
  readonly pid = 4242
  readonly stdout = new EventEmitter()
  connected = true
  answersPings = true
  readonly heard: ToReader[] = []

  send(message: ToReader): boolean {
    this.heard.push(message)
    if (message.type === 'ping' && this.answersPings) this.say({ type: 'alive' })
    if (message.type === 'stop' && this.answersPings) this.exit(0, null)
    return true
  }

  say(message: FromReader): void {
    this.emit('message', message)
  }

  kill(signal: NodeJS.Signals): boolean {
    this.exit(null, signal)
    return true
  }

  exit(code: number | null, signal: NodeJS.Signals | null): void {
    if (!this.connected) return
    this.connected = false
    this.emit('exit', code, signal)
  }
}

let readers: FakeReader[]
let reader: ReaderProcess
let downs: number
let applied: [Position, number][]
let log: string
/** Where the journal ends. */
let end: number

const current = () => readers.at(-1) as FakeReader
const ready: FromReader = { type: 'ready', applied: { segment: 1, offset: 90 } }
const pings = (count: number) => vi.advanceTimersByTime(count * PING_MS)

beforeEach(() => {
  vi.useFakeTimers()
  readers = []
  downs = 0
  applied = []
  log = ''
  end = 90
  reader = superviseReader({
    spawn: () => {
      readers.push(new FakeReader())
      return current() as unknown as ReaderChild
    },
    greeting: () => ({
      type: 'start',
      store: 'file:/srv/secret/data',
      journal: { folder: '/srv/secret/journal', id: 'j', end: { segment: 1, offset: end } },
      tree: { version: 1 } as never,
      socketPath: '/srv/secret/reader.sock',
      logLevel: 'silent',
    }),
    onApplied: (position, events) => applied.push([position, events]),
    log: pino({ level: 'silent' }),
    logTo: {
      write(text) {
        log += text
      },
    },
  })
  reader.onDown(() => downs++)
})
afterEach(() => {
  vi.useRealTimers()
})

describe('a reader', () => {
  it('is ready once it says so', async () => {
    const started = reader.start()
    expect(reader.ready).toBe(false)
    current().say(ready)
    expect(await started).toBeNull()
    expect([reader.ready, reader.problem, downs]).toEqual([true, null, 0])
  })

  it('that answers pings stays ready for ever', () => {
    void reader.start()
    current().say(ready)
    pings(10 * PINGS_UNTIL_KILLED)
    expect([reader.ready, readers.length, downs]).toEqual([true, 1, 0])
  })

  it('that leaves pings unanswered is not ready, and is again with its next word', () => {
    void reader.start()
    current().say(ready)
    current().answersPings = false
    pings(PINGS_UNTIL_DOWN - 1)
    expect(reader.ready).toBe(true)
    pings(1)
    expect([reader.ready, reader.problem, downs]).toEqual([false, 'The reader does not answer.', 1])
    current().say({ type: 'alive' })
    expect([reader.ready, reader.problem, readers.length]).toEqual([true, null, 1])
  })

  it('that goes on leaving them unanswered is killed, and another one started', () => {
    void reader.start()
    current().say(ready)
    current().answersPings = false
    pings(PINGS_UNTIL_KILLED + 2)
    expect(readers).toHaveLength(2)
    expect([readers[0]?.connected, reader.restarts]).toEqual([false, 1])
    current().say(ready)
    expect([reader.ready, reader.problem]).toEqual([true, null])
  })

  it('may take longer to open its store than to answer', () => {
    void reader.start()
    current().answersPings = false
    pings(2 * PINGS_UNTIL_KILLED)
    expect(readers).toHaveLength(1)
    current().say(ready)
    expect(reader.ready).toBe(true)
  })

  it('is not blamed for the time in which this process was suspended', () => {
    void reader.start()
    current().say(ready)
    vi.setSystemTime(Date.now() + 3_600_000)
    pings(2)
    expect([reader.ready, readers.length]).toEqual([true, 1])
  })

  it('that dies is started again, at once at first and ever more slowly', () => {
    void reader.start()
    const waits = Array.from({ length: 8 }, () => {
      current().exit(1, null)
      const count = readers.length
      const from = Date.now()
      while (readers.length === count) vi.advanceTimersByTime(10)
      return Date.now() - from
    })
    expect(waits).toEqual([50, 200, 500, 1_000, 2_000, 5_000, 10_000, 10_000])
  })

  it('that cannot start says why, once its predecessor had the time to let go of the store', async () => {
    const started = reader.start()
    while (reader.restarts < 6) {
      current().say({ type: 'failed', code: 'store_locked', message: 'Process 12 has the store in /srv/secret/data.' })
      current().exit(1, null)
      vi.advanceTimersByTime(5_000)
    }
    expect(await started).toMatchObject({ code: 'store_locked' })
  })

  it('never has a folder in what is told of it', () => {
    void reader.start()
    const told: (string | null)[] = []
    for (const code of ['store_locked', 'store_full', 'store_unusable', 'store_unreachable', 'EACCES']) {
      current().say({ type: 'failed', code, message: 'No way into /srv/secret/data.' })
      current().exit(1, null)
      told.push(reader.problem)
      vi.advanceTimersByTime(10_000)
      current().say(ready)
      current().say({ type: 'store', problem: { code, message: 'No way into /srv/secret/data.' } })
      told.push(reader.problem)
    }
    expect(told).toHaveLength(10)
    for (const problem of told) expect(problem).toMatch(/^(The|Another) (?!.*secret).*\.$/)
  })

  it('that dies leaves the requests it was asked unanswered, and says so', () => {
    void reader.start()
    current().exit(1, null)
    expect(downs).toBe(0)
    vi.advanceTimersByTime(50)
    current().say(ready)
    current().exit(null, 'SIGSEGV')
    expect([reader.ready, downs, reader.problem]).toEqual([false, 1, 'The reader ended (SIGSEGV) and is restarting.'])
  })

  it('that dies after a long life is started again at once', () => {
    void reader.start()
    for (let i = 0; i < 4; i++) {
      current().exit(1, null)
      vi.advanceTimersByTime(2_000)
    }
    current().say(ready)
    vi.advanceTimersByTime(31_000)
    const count = readers.length
    current().exit(1, null)
    vi.advanceTimersByTime(50)
    expect(readers).toHaveLength(count + 1)
  })

  it('is told where the journal ends when it starts, not when its predecessor did', () => {
    void reader.start()
    end = 4_000
    current().exit(1, null)
    vi.advanceTimersByTime(50)
    const [first, second] = readers.map(({ heard }) => heard[0])
    expect(first).toMatchObject({ type: 'start', journal: { end: { offset: 90 } } })
    expect(second).toMatchObject({ type: 'start', journal: { end: { offset: 4_000 } } })
  })

  it('tells how far it has applied the journal', () => {
    void reader.start()
    expect(reader.applied).toBeNull()
    current().say(ready)
    expect(reader.applied).toEqual({ segment: 1, offset: 90 })
    current().say({ type: 'applied', position: { segment: 1, offset: 700 }, events: 3 })
    expect([reader.applied, applied]).toEqual([{ segment: 1, offset: 700 }, [[{ segment: 1, offset: 700 }, 3]]])
  })

  it('has its log where that of the service is', () => {
    void reader.start()
    current().stdout.emit('data', Buffer.from('{"msg":"report"}\n'))
    expect(log).toBe('{"msg":"report"}\n')
  })

  it('that is stopped ends by itself, and no other is started', async () => {
    void reader.start()
    current().say(ready)
    await reader.stop(5_000)
    vi.advanceTimersByTime(60_000)
    expect([current().heard.at(-1)?.type, readers.length, reader.restarts, vi.getTimerCount()]).toEqual([
      'stop',
      1,
      0,
      0,
    ])
  })

  it('that is about to be started again is not, once stopped', async () => {
    void reader.start()
    current().exit(1, null)
    await reader.stop(5_000)
    vi.advanceTimersByTime(60_000)
    expect(readers).toHaveLength(1)
  })

  it('that does not end when it is told to is ended', async () => {
    void reader.start()
    current().say(ready)
    current().answersPings = false
    const stopped = reader.stop(5_000)
    vi.advanceTimersByTime(4_999)
    expect(current().connected).toBe(true)
    vi.advanceTimersByTime(1)
    await stopped
    expect([current().connected, readers.length]).toEqual([false, 1])
  })
})
