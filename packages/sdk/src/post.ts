/** An attempt without an answer for so long has failed. */
const PATIENCE_MS = 30_000

/** Why the collector does not take one event of a batch. */
interface Refusal {
  /** Its place in the batch. */
  i: number
  status: number
  code?: string
  message?: string
}

export interface Answer {
  /** 0: there was none. */
  status: number
  retryAfter?: string | null
  refused: Refusal[]
}

/**
 * Sends a body to the collector: as `text/plain`, which needs no preflight; without following redirects, which would
 * turn it into a GET and the page of a Wi-Fi gate into a receipt. The answer is undefined when it was stopped, or when
 * there cannot be one.
 */
export function post(url: string, body: string, keepalive: boolean) {
  const controller = new AbortController()
  let stopped = false

  const answer = async (): Promise<Answer | undefined> => {
    if (keepalive && !('keepalive' in Request.prototype)) {
      navigator.sendBeacon(url, body)
      return
    }
    const timer = setTimeout(() => controller.abort(), PATIENCE_MS)
    const answer: Answer = { status: 0, refused: [] }
    try {
      const response = await fetch(url, {
        method: 'POST',
        body,
        keepalive,
        credentials: 'omit',
        redirect: 'error',
        signal: controller.signal,
      })
      answer.status = response.status
      answer.retryAfter = response.headers.get('Retry-After')
      if (response.ok) answer.refused = (await response.json()).results ?? []
    } catch {
      // No answer, or one cut off after its status, which is all that is needed.
    }
    clearTimeout(timer)
    return stopped ? undefined : answer
  }

  const stop = () => {
    stopped = true
    controller.abort()
  }
  return [answer(), stop] as const
}
