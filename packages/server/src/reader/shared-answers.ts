import { createHash } from 'node:crypto'

/** An answer as it goes over the wire. */
export interface Rendered {
  body: string
  etag: string
}

export interface SharedAnswersOptions<P> {
  compute(parameters: P): Promise<object>
  /** What of an answer makes it another one: all but what a clock alone moves. */
  substance(answer: object): object
  /** ms, any origin. */
  clock(): number
  /** A listener's answer could not be computed. */
  onError(error: Error): void
}

interface Entry<P> {
  parameters: P
  value: Rendered | null
  /** The version of the data that `value` shows, and when it was begun. */
  version: number
  at: number
  duration: number
  running: { version: number; result: Promise<Rendered> } | null
  listeners: Set<(value: Rendered) => void>
  told: string | null
  timer: NodeJS.Timeout | null
}

/** An answer without new events is good for this long: only the clock moves it. */
const FRESH_MS = 5_000
/** Listeners are told of the clock's own changes this often. */
const CLOCK_MS = 60_000
/** Between two computations for listeners, and at least twice what one takes, so that watching never starves asking. */
const GAP_MS = 100
const ENTRIES = 200

/**
 * One computation for all who ask the same: requests while it runs wait for it, listeners are told when it changed.
 * An answer never shows less than the data applied when it was asked for.
 */
export class SharedAnswers<P> {
  #options: SharedAnswersOptions<P>
  #entries = new Map<string, Entry<P>>()
  #version = 0
  #clockTimer: NodeJS.Timeout

  constructor(options: SharedAnswersOptions<P>) {
    this.#options = options
    this.#clockTimer = setInterval(() => this.#tellAll(), CLOCK_MS).unref()
  }

  /** The answer as of now. */
  get(parameters: P): Promise<Rendered> {
    return this.#get(this.#entry(parameters))
  }

  /** There are new events or another tree: what was computed before is old. */
  changed(): void {
    this.#version++
    this.#tellAll()
  }

  /** Calls `listener` with the answer now and whenever it changed. @returns what stops it, once the first was told */
  async listen(parameters: P, listener: (value: Rendered) => void): Promise<() => void> {
    const entry = this.#entry(parameters)
    const first = await this.#get(entry)
    listener(first)
    entry.told ??= first.etag
    entry.listeners.add(listener)
    // Between the first answer and now others may have been told a later one.
    if (entry.told !== first.etag) this.#schedule(entry, true)
    return () => {
      entry.listeners.delete(listener)
      if (entry.listeners.size > 0) return
      entry.told = null
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
        told: null,
        timer: null,
      }
    }
    this.#entries.set(key, entry)
    this.#forgetOldest()
    return entry
  }

  #forgetOldest(): void {
    for (const [key, entry] of this.#entries) {
      if (this.#entries.size <= ENTRIES) return
      if (entry.listeners.size === 0 && !entry.running) this.#entries.delete(key)
    }
  }

  async #get(entry: Entry<P>): Promise<Rendered> {
    const version = this.#version
    for (;;) {
      if (entry.value && entry.version >= version && this.#options.clock() - entry.at < FRESH_MS) return entry.value
      if (!entry.running) return this.#compute(entry)
      if (entry.running.version >= version) return entry.running.result
      // The one under way began before what this asker may expect to see; one more serves all who wait.
      await entry.running.result.catch(() => {})
    }
  }

  #compute(entry: Entry<P>): Promise<Rendered> {
    const { compute, substance, clock } = this.#options
    const version = this.#version
    const at = clock()
    const result = compute(entry.parameters).then((answer) => ({
      body: JSON.stringify(answer),
      etag: `"${createHash('sha256')
        .update(JSON.stringify(substance(answer)))
        .digest('base64url')
        .slice(0, 22)}"`,
    }))
    entry.running = { version, result }
    const done = (value: Rendered | null) => {
      entry.running = null
      entry.duration = clock() - at
      if (!value) return
      entry.value = value
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
      const value = await this.#get(entry)
      entry.timer = null
      if (value.etag !== entry.told || evenIfSame) {
        entry.told = value.etag
        for (const listener of entry.listeners) listener(value)
      }
      if (entry.version < this.#version && entry.listeners.size > 0) this.#schedule(entry)
    } catch (error) {
      entry.timer = null
      this.#options.onError(error as Error)
    }
  }
}
