import type { Report } from '@nsm/schema'

/**
 * The reports in a stream of server-sent events. Uses `fetch`, because `EventSource` can't send an `Authorization` header
 * and a token does not belong in a URL.
 */
export async function* reports(response: Response): AsyncGenerator<Report> {
  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  const decoder = new TextDecoder()
  let text = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    text += decoder.decode(value, { stream: true })
    const events = text.split(/\r?\n\r?\n/)
    // The text after the last blank line is incomplete.
    text = events.pop() ?? ''
    for (const event of events) {
      const lines = event.split(/\r?\n/)
      if (!lines.some((line) => /^event: ?report$/.test(line))) continue
      const data = lines.filter((line) => line.startsWith('data:')).map((line) => line.slice(5))
      yield JSON.parse(data.join('\n')) as Report
    }
  }
}
