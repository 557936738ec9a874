/**
 * Sends messages to the other tabs, and to other copies of this code on the page. Where there is no such channel they
 * find out when they next read the database. Open until `signal` is aborted, when the page is left: a browser doesn't
 * keep a page with an open channel for going back.
 */
export function createBroadcast<M>(name: () => string, receive: (message: M) => void) {
  let channel: BroadcastChannel | undefined
  const listen = (signal: AbortSignal) => {
    try {
      channel = new BroadcastChannel(name())
      channel.onmessage = (event) => receive(event.data)
      signal.addEventListener('abort', () => {
        channel!.close()
        channel = undefined
      })
      // In Node an open channel keeps the process alive.
      ;(channel as { unref?: () => void }).unref?.()
    } catch {
      // Not in this browser, or not on this page.
    }
  }
  return [(message: M) => channel?.postMessage(message), listen] as const
}
