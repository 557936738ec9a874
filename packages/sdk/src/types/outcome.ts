/** What becomes of events; `ids` are their message ids. Every event that is lost is in one of these, with the reason. */
export interface Outcomes {
  /** The collector has them. */
  sent: { ids: string[]; status: number }
  /** An attempt failed; the events are kept and go again in `wait` ms, or when the page or the network comes back. */
  retry: {
    ids: string[]
    /** The HTTP status: 401, 403, 404 a wrong key or address, 429 and 5xx busy or broken; 0 no answer at all. */
    status: number
    wait: number
  }
  /** The collector will never take them: with its own `code` and `message` for one event, or all of a batch. */
  rejected: { ids: string[]; status: number; code?: string; message?: string }
  /** Lost on this device: a page was open for 7 days; more than 1,000 events or 1 MB waited; or consent was withdrawn. */
  dropped: { ids: string[]; reason: 'age' | 'size' | 'denied' }
  /** Nothing can be kept across pages from here on; events wait in memory. Told once. */
  storage: { error: unknown }
  /** Never taken: no consent; `beforeSend` returned null; or invalid: a bad id or time, or `beforeSend` threw. */
  ignored: { ids: string[]; reason: 'denied' | 'before_send' | 'invalid'; error: unknown }
}

export interface FlushResult {
  /** Events still waiting. */
  left: number
}
