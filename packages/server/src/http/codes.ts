import { LIMITS } from '@nsm/schema'
import { z } from 'zod'

/** Whether sending again helps: never, once the operator has changed something, or later. */
type Retry = 'never' | 'operator' | 'later'

interface CodeEntry {
  /** HTTP status. */
  status: number
  retry: Retry
  /** The general sentence; an answer may have a more exact one. */
  sentence: string
}

/** How old an event may be when it arrives; imports are exempt. */
export const HORIZON_DAYS = 30

/**
 * Every answer that is not yes. The code is the answer's `code`, the metric's label, and the heading to look under;
 * status, retry hint and sentence stand nowhere else.
 */
export const CODES = {
  invalid_message: {
    status: 400,
    retry: 'never',
    sentence: 'This is not a valid track, identify, group, page, screen or alias message.',
  },
  too_old: {
    status: 400,
    retry: 'never',
    sentence: `The event happened more than ${HORIZON_DAYS} days before it arrived. Import it instead.`,
  },
  missing_timestamp: { status: 400, retry: 'never', sentence: 'Add a "timestamp" that says when it happened.' },
  too_deep: { status: 400, retry: 'never', sentence: `The event is nested more than ${LIMITS.levels} levels deep.` },
  event_too_large: {
    status: 413,
    retry: 'never',
    sentence: `An event may have at most ${LIMITS.eventBytes / 1024} kB of JSON.`,
  },
  batch_too_large: {
    status: 413,
    retry: 'never',
    sentence: `A request may have at most ${LIMITS.batchBytes / 1024 / 1024} MB of uncompressed JSON. Send smaller batches.`,
  },
  too_many_events: {
    status: 413,
    retry: 'never',
    sentence: `A batch may have at most ${LIMITS.batchEvents.toLocaleString('en')} events. Send smaller batches.`,
  },
  invalid_json: { status: 400, retry: 'never', sentence: 'The body is not JSON.' },
  invalid_body: { status: 400, retry: 'never', sentence: 'Send { "batch": [messages] }.' },
  invalid_encoding: {
    status: 400,
    retry: 'never',
    sentence: 'The body cannot be decompressed. Check its Content-Encoding.',
  },
  unsupported_encoding: {
    status: 415,
    retry: 'never',
    sentence: 'Send the body with Content-Encoding gzip, br or deflate, or uncompressed.',
  },
  unsupported_media_type: { status: 415, retry: 'never', sentence: 'Send application/json or text/plain.' },
  invalid_parameter: { status: 400, retry: 'never', sentence: 'A query parameter is invalid.' },
  bad_request: { status: 400, retry: 'never', sentence: 'The request is malformed.' },
  unknown_metric: { status: 404, retry: 'never', sentence: 'The tree has no such metric.' },
  metric_unavailable: { status: 503, retry: 'operator', sentence: 'The metric cannot be computed at the moment.' },
  unknown_segment: { status: 404, retry: 'never', sentence: 'The tree has no such segment.' },
  invalid_range: { status: 400, retry: 'never', sentence: 'The date range is invalid.' },
  store_unreachable: { status: 503, retry: 'later', sentence: 'The store does not answer.' },
  store_full: { status: 503, retry: 'later', sentence: "The store's disk is full." },
  not_found: { status: 404, retry: 'never', sentence: 'There is nothing at this address.' },
  method_not_allowed: { status: 405, retry: 'never', sentence: 'This address does not take that method.' },
  missing_key: {
    status: 401,
    retry: 'operator',
    sentence: 'Send a key: as the user of Basic, as Authorization: Bearer, or, for events, as "writeKey" in the body.',
  },
  unknown_key: { status: 401, retry: 'operator', sentence: 'This service has no such key.' },
  insufficient_permissions: { status: 403, retry: 'operator', sentence: 'This key may not do that.' },
  headers_too_large: {
    status: 431,
    retry: 'never',
    sentence: 'The address and headers may have at most 16 kB together.',
  },
  unknown_method: { status: 400, retry: 'never', sentence: 'The request does not begin with a known HTTP method.' },
  unsupported_http_version: {
    status: 505,
    retry: 'never',
    sentence: 'Send HTTP/1.1. This port does not speak any other version.',
  },
  expectation_failed: { status: 417, retry: 'never', sentence: 'The only Expect header allowed is 100-continue.' },
  request_timeout: { status: 408, retry: 'later', sentence: 'The request did not arrive in time.' },
  overloaded: {
    status: 503,
    retry: 'later',
    sentence: 'The service is overloaded. Send the request again later.',
  },
  journal_unwritable: {
    status: 503,
    retry: 'later',
    sentence: 'Events cannot be written to disk at the moment. Nothing of this request was kept.',
  },
  journal_lost: {
    status: 503,
    retry: 'later',
    sentence: 'Another service has taken over the journal, and this one is stopping. Send the request again.',
  },
  shutting_down: { status: 503, retry: 'later', sentence: 'The service is shutting down.' },
  reader_unavailable: {
    status: 503,
    retry: 'later',
    sentence: 'Reports are unavailable at the moment. Events are still collected.',
  },
  internal_error: {
    status: 500,
    retry: 'later',
    sentence: 'Something went wrong in the service. Its log has the details.',
  },
} as const satisfies Record<string, CodeEntry>

export type Code = keyof typeof CODES
export const codeSchema = z.enum(Object.keys(CODES) as [Code, ...Code[]])

/** Seconds after which a `later` is worth trying again. */
const RETRY_AFTER_S = 2

/** A request that is answered with a code. */
export class RequestError extends Error {
  override readonly name = 'RequestError'
  readonly path: string | undefined

  constructor(
    readonly code: Code,
    message: string = CODES[code].sentence,
    path?: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
    this.path = path
  }

  get status(): number {
    return CODES[this.code].status
  }

  /** The headers that go with the answer. */
  get headers(): Record<string, string> {
    const headers: Record<string, string> = {}
    if (CODES[this.code].retry === 'later') headers['retry-after'] = String(RETRY_AFTER_S)
    // The rest of the request is not waited for.
    if (this.code === 'request_timeout') headers['connection'] = 'close'
    if (this.status === 401) headers['www-authenticate'] = 'Bearer realm="nsm"'
    return headers
  }

  /** The answer's body. */
  toJSON(): object {
    return {
      success: false,
      code: this.code,
      message: this.message,
      ...(this.path === undefined ? {} : { path: this.path }),
    }
  }
}

/** Whether a text is a code of the table: errors from elsewhere carry codes, too. */
export function isCode(text: unknown): text is Code {
  return typeof text === 'string' && Object.hasOwn(CODES, text)
}
