// A worker of any kind that tracks what it is asked to, and answers with the ids.
import { flush, init, track } from '@nsm/sdk'

let started = false
const answer = (port, { collector, from, count }) => {
  if (!started) init({ writeKey: 'wk_test', endpoint: collector })
  started = true
  const ids = Array.from({ length: count }, (_, i) => track('value_moment', { n: from + i }))
  // Once this task is over, and with it the writing.
  setTimeout(() => port.postMessage(ids))
}

globalThis.onmessage = (event) => {
  answer(event.source ?? globalThis, event.data)
  // Keeps a service worker alive until the events are on their way.
  event.waitUntil?.(flush())
}
globalThis.onconnect = ({ ports: [port] }) => {
  port.onmessage = ({ data }) => answer(port, data)
}
