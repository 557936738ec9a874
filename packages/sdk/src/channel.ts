/**
 * Tells the other tabs, and other copies of this code on the page. Where there is no such channel they find out when
 * they next look into the database.
 */
export function createChannel<M>(name: string, receive: (message: M) => void) {
  const channel = globalThis.BroadcastChannel && new BroadcastChannel(name)
  if (channel) {
    channel.onmessage = (event) => receive(event.data)
    // In Node an open channel keeps the process alive.
    ;(channel as { unref?: () => void }).unref?.()
  }
  return (message: M) => channel?.postMessage(message)
}
