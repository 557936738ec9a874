/** The ms a `Retry-After` asks for: seconds or a date. 0 when there is none, or none that can be read. */
export function retryAfter(header: string | null | undefined, now: number): number {
  return header ? Math.max(0, Number(header) * 1_000 || Date.parse(header) - now || 0) : 0
}
