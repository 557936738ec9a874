/** Tells the other tabs of this origin. Does nothing where there is no such channel. */
export function createChannel<T>(name: string, receive: (message: T) => void) {
  let channel: BroadcastChannel | undefined
  const open = () => {
    try {
      channel = new BroadcastChannel(name)
      channel.onmessage = ({ data }) => receive(data)
      // In Node an open channel keeps the process alive.
      ;(channel as { unref?: () => void }).unref?.()
    } catch {
      // Old browsers; every tab still finds out when it looks into the database.
    }
  }
  open()
  return (message: T) => channel?.postMessage(message)
}
