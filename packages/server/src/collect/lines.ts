import type { Readable } from 'node:stream'
import { RequestError } from '../http/codes.js'

const NEWLINE = 10

/**
 * The lines of a stream, in groups as they come, without their ends, without blank ones and without a byte order mark.
 *
 * @throws RequestError `event_too_large` for a line of more than `limit` bytes, `request_timeout` when nothing comes for `patience` ms
 */
export async function* readLines(stream: Readable, limit: number, patience: number): AsyncGenerator<string[]> {
  let rest: Buffer[] = []
  let bytes = 0
  let begun = false
  const linesOf = (read: string) => {
    const text = begun ? read : withoutByteOrderMark(read)
    begun = true
    return text.split('\n').filter((line) => line.trim() !== '')
  }
  const timer = setTimeout(() => stream.destroy(new RequestError('request_timeout')), patience)
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      timer.refresh()
      const end = chunk.lastIndexOf(NEWLINE)
      if (end < 0) {
        rest.push(chunk)
        bytes += chunk.length
        if (bytes > limit) throw new RequestError('event_too_large')
        continue
      }
      const text = Buffer.concat([...rest, chunk.subarray(0, end)]).toString()
      const tail = chunk.subarray(end + 1)
      rest = [tail]
      bytes = tail.length
      const lines = linesOf(text)
      if (lines.length > 0) yield lines
    }
  } finally {
    clearTimeout(timer)
  }
  const lines = linesOf(Buffer.concat(rest).toString())
  if (lines.length > 0) yield lines
}

/** Windows' tools put one before UTF-8; JSON.parse takes it for a mistake. */
export function withoutByteOrderMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text
}
