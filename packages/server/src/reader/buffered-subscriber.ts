/**
 * Messages in the order they came, none lost: what comes before somebody listens waits. Starting takes a second, and a
 * commit told of meanwhile may be the last for hours.
 *
 * @param subscribe calls back for each message from now on
 * @returns how to listen: to what waits, then to what comes
 */
export function createBufferedSubscriber<M>(
  subscribe: (hear: (message: M) => void) => void,
): (listener: (message: M) => void) => void {
  let waiting: M[] = []
  let listener: ((message: M) => void) | null = null
  subscribe((message) => {
    if (listener) listener(message)
    else waiting.push(message)
  })
  return (next) => {
    listener = next
    const messages = waiting
    waiting = []
    for (const message of messages) next(message)
  }
}
