/** What becomes of events; `ids` are their message ids. Every event that is lost is in one of these, with the reason. */
export interface Outcomes {
  /** The collector has them. */
  sent: { ids: string[] }
  /** An attempt failed; the events are kept and go again in `wait` ms, or earlier when the page or the network comes back. */
  retry: {
    ids: string[]
    /** No answer at all; busy or broken (429, 5xx, …); a wrong key or address (401, 403, 404). */
    reason: 'network' | 'server' | 'setup'
    /** The HTTP status; 0 when there was no answer. */
    status: number
    wait: number
  }
  /** The collector will never take them: its own reason for one event, or the status for a whole batch. */
  rejected: {
    ids: string[]
    reason: 'event' | 'batch'
    status: number
    code?: string | undefined
    message?: string | undefined
  }
  /** Lost on this device: older than 7 days, more than 1,000 events or 1 MB waiting, or consent was withdrawn. */
  dropped: { ids: string[]; reason: 'age' | 'count' | 'bytes' | 'consent' }
  /** Nothing can be kept across pages from here on; events wait in memory. Told once. */
  storage: { reason: 'unavailable' | 'full'; error: unknown }
  /** Never taken: no consent, `beforeSend` said no or threw, or it cannot be written as JSON. */
  ignored: { ids: string[]; reason: 'consent' | 'before_send' | 'invalid'; error?: unknown }
}

export interface FlushResult {
  /** Events the collector took during this call. */
  sent: number
  /** Events it refused for good. */
  rejected: number
  /** Events still waiting. */
  left: number
}
