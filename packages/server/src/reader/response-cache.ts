import { createHash } from 'node:crypto'
import { ConcurrencyLimit } from '../http/concurrency-limit.js'

/** An answer as it goes over the wire. */
export interface CachedResponse {
  body: string
  etag: string
}

export interface ResponseCacheOptions<P> {
  compute(parameters: P): Promise<object>
  /** What of an answer makes it another one: all but what a clock alone moves. */
  etagInput(answer: object): object
  /** ms, any origin. */
  clock(): number
  /** A listener's answer could not be computed. */
  onError(error: Error): void
  /** How many are computed at once; each may hold a large answer. */
  atOnce: number
  /** Default 32 MB. */
  keptBytes?: number
}

interface Entry<P> {
  parameters: P
  value: CachedResponse | null
  /** The version of the data that `value` shows, and when it was begun. */
  version: number
  at: number
  duration: number
  running: { version: number; result: Promise<CachedResponse> } | null
  listeners: Set<(value: CachedResponse) => void>
  /** Listeners, including those still waiting for their first answer. The entry must stay, or listeners would never be sent anything. */
  held: number
  lastSent: string | null
  timer: NodeJS.Timeout | null
}

/** An answer without new events is good for this long: only the clock moves it. */
const FRESH_MS = 5_000
/** Listeners are told of the clock's own changes this often. */
const CLOCK_MS = 60_000
/** Between two computations for listeners, and at least twice what one takes, so that watching never starves asking. */
const GAP_MS = 100
/** Of parameters that nobody listens to; each has at most what fits into an address. */
const ENTRIES = 200
const KEPT_BYTES = 32 * 1024 * 1024
/** An answer larger than this share of the cache is not cached. A report is about 30 kB. */
const LARGEST_PART = 1 / 16
/** How many computations may wait; further ones are rejected. */
const MOST_WAITING = 100

/**
 * One computation for all who ask the same: requests while it runs wait for it, listeners are told when it changed.
 * An answer never shows less than the data applied when it was asked for.
 */
export class ResponseCache<P> {
  readonly #options: ResponseCacheOptions<P>
  readonly #limit: ConcurrencyLimit
  readonly #keptBytes: number
  #bytes = 0
  #entries = new Map<string, Entry<P>>()
  #version = 0
  #clockTimer: NodeJS.Timeout

  constructor(options: ResponseCacheOptions<P>) {
    this.#options = options
    this.#limit = new ConcurrencyLimit(options.atOnce, MOST_WAITING)
    this.#keptBytes = options.keptBytes ?? KEPT_BYTES
    this.#clockTimer = setInterval(() => this.#tellAll(), CLOCK_MS).unref()
  }

  /** About how much memory the answers take that are kept. */
  get bytes(): number {
    return this.#bytes
  }

  /** The answer as of now. @throws RequestError `overloaded` when too many different ones are asked for at once */
  get(parameters: P): Promise<CachedResponse> {
    return this.#get(this.#entry(parameters))
  }

  /** There are new events or another tree: what was computed before is old. */
  changed(): void {
    this.#version++
    this.#tellAll()
  }

  /** Calls `listener` with the answer now and whenever it changed. @returns what stops it, once the first was told */
  async listen(parameters: P, listener: (value: CachedResponse) => void): Promise<() => void> {
    const entry = this.#entry(parameters)
    entry.held++
    const first = await this.#get(entry).catch((error) => {
      entry.held--
      throw error
    })
    listener(first)
    entry.lastSent ??= first.etag
    entry.listeners.add(listener)
    // Between the first answer and now others may have been told a later one.
    if (entry.lastSent !== first.etag) this.#schedule(entry, true)
    return () => {
      if (entry.listeners.delete(listener)) entry.held--
      if (entry.listeners.size > 0) return
      entry.lastSent = null
      if (entry.timer) clearTimeout(entry.timer)
      entry.timer = null
    }
  }

  close(): void {
    clearInterval(this.#clockTimer)
    for (const { timer } of this.#entries.values()) if (timer) clearTimeout(timer)
  }

  #entry(parameters: P): Entry<P> {
    const key = JSON.stringify(parameters)
    let entry = this.#entries.get(key)
    if (entry) this.#entries.delete(key)
    else {
      entry = {
        parameters,
        value: null,
        version: -1,
        at: 0,
        duration: 0,
        running: null,
        listeners: new Set(),
        held: 0,
        lastSent: null,
        timer: null,
      }
    }
    this.#entries.set(key, entry)
    this.#forgetOldest(entry)
    return entry
  }

  #forgetOldest(latest: Entry<P>): void {
    for (const [key, entry] of this.#entries) {
      if (this.#entries.size <= ENTRIES) return
      if (entry === latest || entry.held > 0 || entry.running) continue
      this.#drop(entry)
      this.#entries.delete(key)
    }
  }

  /** Caches an answer and evicts the least recently asked for, so that the cache stays within its bound. */
  #keep(entry: Entry<P>, value: CachedResponse): void {
    this.#drop(entry)
    const bytes = bytesOf(value)
    if (bytes > this.#keptBytes * LARGEST_PART) return
    entry.value = value
    this.#bytes += bytes
    for (const other of this.#entries.values()) {
      if (this.#bytes <= this.#keptBytes) return
      if (other !== entry) this.#drop(other)
    }
  }

  #drop(entry: Entry<P>): void {
    if (!entry.value) return
    this.#bytes -= bytesOf(entry.value)
    entry.value = null
  }

  async #get(entry: Entry<P>, patient = false): Promise<CachedResponse> {
    const version = this.#version
    for (;;) {
      if (entry.value && entry.version >= version && this.#options.clock() - entry.at < FRESH_MS) return entry.value
      if (!entry.running) return this.#compute(entry, patient)
      if (entry.running.version >= version) return entry.running.result
      // The one under way began before what this asker may expect to see; one more serves all who wait.
      await entry.running.result.catch(() => {})
    }
  }

  #compute(entry: Entry<P>, patient: boolean): Promise<CachedResponse> {
    const { compute, etagInput, clock } = this.#options
    const version = this.#version
    const at = clock()
    const result = this.#limit.run(async () => {
      const answer = await compute(entry.parameters)
      return { body: JSON.stringify(answer), etag: etagOf(etagInput(answer)) }
    }, patient)
    entry.running = { version, result }
    const done = (value: CachedResponse | null) => {
      entry.running = null
      entry.duration = clock() - at
      if (!value) return
      this.#keep(entry, value)
      entry.version = version
      entry.at = at
    }
    result.then(done, () => done(null))
    return result
  }

  #tellAll(): void {
    for (const entry of this.#entries.values()) if (entry.listeners.size > 0) this.#schedule(entry)
  }

  #schedule(entry: Entry<P>, evenIfSame = false): void {
    if (entry.timer) return
    const gap = Math.max(GAP_MS, 2 * entry.duration)
    const delay = Math.max(0, entry.at + gap - this.#options.clock())
    entry.timer = setTimeout(() => void this.#tell(entry, evenIfSame), delay)
  }

  async #tell(entry: Entry<P>, evenIfSame: boolean): Promise<void> {
    try {
      // Listeners are not rejected: nobody would tell them to ask again.
      const value = await this.#get(entry, true)
      entry.timer = null
      if (value.etag !== entry.lastSent || evenIfSame) {
        entry.lastSent = value.etag
        for (const listener of entry.listeners) listener(value)
      }
      if (entry.version < this.#version && entry.listeners.size > 0) this.#schedule(entry)
    } catch (error) {
      entry.timer = null
      this.#options.onError(error as Error)
    }
  }
}

/** A character takes one or two bytes. */
function bytesOf({ body, etag }: CachedResponse): number {
  return 2 * (body.length + etag.length)
}

function etagOf(etagInput: object): string {
  const hash = createHash('sha256').update(JSON.stringify(etagInput)).digest('base64url')
  return `"${hash.slice(0, 22)}"`
}
