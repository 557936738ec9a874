/**
 * Tells the other tabs, and other copies of this code on the page. Where there is no such channel they find out when
 * they next look into the database. Open until `signal` is aborted, when the page is left: a browser does not keep a
 * page with an open one for going back.
 */
export function createChannel<M>(name: () => string, receive: (message: M) => void) {
  let channel: BroadcastChannel | undefined
  const open = (signal: AbortSignal) => {
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
  return [(message: M) => channel?.postMessage(message), open] as const
}
