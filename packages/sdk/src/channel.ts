/**
 * Tells the other tabs, and other copies of this code on the page. Where there is no such channel they find out when
 * they next look into the database. Closed while the page is left: a browser does not keep a page with an open one for
 * going back.
 */
export function createChannel<M>(name: () => string, receive: (message: M) => void) {
  let channel: BroadcastChannel | undefined
  const open = () => {
    channel = globalThis.BroadcastChannel && new BroadcastChannel(name())
    if (channel) {
      channel.onmessage = (event) => receive(event.data)
      // In Node an open channel keeps the process alive.
      ;(channel as { unref?: () => void }).unref?.()
    }
  }
  const close = () => {
    channel?.close()
    channel = undefined
  }
  return [(message: M) => channel?.postMessage(message), open, close] as const
}
