import type { Report } from '@nsm/schema'
import { reports } from './event-stream.js'

/** What to request. Cards with the same request share it. */
export interface ReportRequest {
  src: string
  /** A read token, sent as `Authorization: Bearer` and never in the URL. */
  token?: string | undefined
  credentials?: RequestCredentials | undefined
  signal: AbortSignal
}

/** Replaces `fetch`, for pages that get their report another way. */
export type Fetcher = (request: ReportRequest) => Promise<Report>

/** Seconds between requests, `live` for server-sent events, or undefined for a single request. */
export type Refresh = number | 'live' | undefined

export interface Ask extends Omit<ReportRequest, 'signal'> {
  fetcher?: Fetcher | undefined
  refresh?: Refresh
}

/** A source's last good report, and any error since. */
export interface Snapshot {
  report?: Report
  /** When the report arrived, UTC ms. */
  at?: number
  error?: Error
}

/** A response that is not a report. */
export class RequestError extends Error {
  override readonly name = 'RequestError'
  constructor(readonly status: number) {
    super(`The report answered with status ${status}.`)
  }
}

const LONGEST_DELAY = 300_000
/** Time between attempts to open a stream, and between requests if the server has no stream. */
const LIVE_DELAY = 2000
const NO_STREAM_DELAY = 10_000

async function open(url: string, { token, credentials, signal }: ReportRequest, accept: string): Promise<Response> {
  const response = await fetch(url, {
    headers: token ? { accept, authorization: `Bearer ${token}` } : { accept },
    // The browser revalidates by ETag, so an unchanged report is only a 304.
    cache: 'no-cache',
    credentials: credentials ?? 'same-origin',
    signal,
  })
  if (!response.ok) throw new RequestError(response.status)
  return response
}

/** `…/v1/report?grain=day` → `…/v1/report/stream?grain=day`. */
function streamUrl(src: string): string {
  const url = new URL(src, document.baseURI)
  url.pathname = `${url.pathname.replace(/\/$/, '')}/stream`
  return url.href
}

/** One report from one address, shared by all cards that request it, for as long as any of them listens. */
class Source {
  readonly #listeners = new Map<(snapshot: Snapshot) => void, Refresh>()
  readonly #ask: Ask
  #snapshot: Snapshot = {}
  #abort: AbortController | null = null
  #timer: ReturnType<typeof setTimeout> | undefined
  #failures = 0
  /** The server has no stream, so poll instead. */
  #poll = false

  constructor(ask: Ask) {
    this.#ask = ask
    this.#poll = Boolean(ask.fetcher)
  }

  answers({ src, token, credentials, fetcher }: Ask): boolean {
    const ask = this.#ask
    return ask.src === src && ask.token === token && ask.credentials === credentials && ask.fetcher === fetcher
  }

  join(listener: (snapshot: Snapshot) => void, refresh: Refresh): void {
    if (this.#listeners.size === 0) document.addEventListener('visibilitychange', this.#seen)
    this.#listeners.set(listener, refresh)
    if (this.#snapshot.report || this.#snapshot.error) listener(this.#snapshot)
    if (this.#snapshot.report && !this.#abort) this.#next()
    else if (!this.#abort) void this.load()
  }

  /** Returns true if no listener is left. */
  leave(listener: (snapshot: Snapshot) => void): boolean {
    this.#listeners.delete(listener)
    if (this.#listeners.size > 0) return false
    document.removeEventListener('visibilitychange', this.#seen)
    this.#stop()
    return true
  }

  /** Requests the report for all cards now, replacing any request in flight. */
  async load(): Promise<void> {
    this.#stop()
    const abort = new AbortController()
    this.#abort = abort
    const { fetcher, refresh: _, ...ask } = this.#ask
    const request: ReportRequest = { ...ask, signal: abort.signal }
    try {
      const report = fetcher
        ? await fetcher(request)
        : ((await (await open(ask.src, request, 'application/json')).json()) as Report)
      if (abort.signal.aborted) return
      this.#tell(report)
      if (this.#refresh() === 'live' && !this.#poll && !document.hidden) await this.#listen(request)
      else this.#abort = null
      this.#next()
    } catch (error) {
      if (abort.signal.aborted) return
      this.#abort = null
      this.#failures++
      this.#snapshot = { ...this.#snapshot, error: error as Error }
      this.#publish()
      this.#next()
    }
  }

  async #listen(request: ReportRequest): Promise<void> {
    try {
      const response = await open(streamUrl(request.src), request, 'text/event-stream')
      for await (const report of reports(response)) this.#tell(report)
    } catch (error) {
      if (!(error instanceof RequestError) || error.status >= 500) throw error
      this.#poll = true
    }
    this.#abort = null
  }

  #tell(report: Report): void {
    this.#failures = 0
    this.#snapshot = { report, at: Date.now() }
    this.#publish()
  }

  #publish(): void {
    for (const listener of this.#listeners.keys()) listener(this.#snapshot)
  }

  /** The shortest refresh interval of all cards. */
  #refresh(): Refresh {
    const wanted = [...this.#listeners.values()].filter((refresh) => refresh !== undefined)
    return wanted.includes('live') ? 'live' : wanted.sort((a, b) => Number(a) - Number(b))[0]
  }

  #next(): void {
    clearTimeout(this.#timer)
    const refresh = this.#refresh()
    // A hidden page makes no requests. It makes one as soon as it is visible again.
    if (!refresh || document.hidden) return
    const every = refresh === 'live' ? (this.#poll ? NO_STREAM_DELAY : LIVE_DELAY) : refresh * 1000
    // Add jitter, so that cards don't all hit a recovering server at once.
    const backoff = this.#failures > 0 ? 2 ** this.#failures * (0.75 + Math.random() / 2) : 1
    this.#timer = setTimeout(() => void this.load(), Math.min(every * backoff, Math.max(every, LONGEST_DELAY)))
  }

  #stop(): void {
    clearTimeout(this.#timer)
    this.#abort?.abort()
    this.#abort = null
  }

  readonly #seen = (): void => {
    if (!this.#refresh()) return
    if (document.hidden) this.#stop()
    else void this.load()
  }
}

const sources: Source[] = []

/** Subscribes to the report that `ask` describes. Returns functions to reload it and to unsubscribe. */
export function follow(ask: Ask, listener: (snapshot: Snapshot) => void): { reload(): Promise<void>; stop(): void } {
  let source = sources.find((other) => other.answers(ask))
  if (!source) {
    source = new Source(ask)
    sources.push(source)
  }
  const found = source
  found.join(listener, ask.refresh)
  return {
    reload: () => found.load(),
    stop() {
      if (found.leave(listener)) sources.splice(sources.indexOf(found), 1)
    },
  }
}
