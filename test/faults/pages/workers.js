// Lets a worker track; resolves to the ids once it has.
const collector = new URLSearchParams(location.search).get('collector')
const heard = (target) =>
  new Promise((resolve) => target.addEventListener('message', ({ data }) => resolve(data), { once: true }))

window.inWorker = {
  dedicated(from, count) {
    window.worker ??= new Worker('/worker.js', { type: 'module' })
    window.worker.postMessage({ collector, from, count })
    return heard(window.worker)
  },
  shared(from, count) {
    window.shared ??= new SharedWorker('/worker.js', { type: 'module' })
    window.shared.port.start()
    window.shared.port.postMessage({ collector, from, count })
    return heard(window.shared.port)
  },
  async service(from, count) {
    await navigator.serviceWorker.register('/worker.js', { type: 'module' })
    const { active } = await navigator.serviceWorker.ready
    navigator.serviceWorker.startMessages()
    active.postMessage({ collector, from, count })
    return heard(navigator.serviceWorker)
  },
}
