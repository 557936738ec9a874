// A page of a long life: makes the calls it is asked to and writes down, where it survives the page, what it called,
// what it was told and what it sent, in order. `possible` are the consents that the tracker may know at that moment:
// more than one only while another tab's decision is on its way.
const wanted = new URLSearchParams(location.search)
const asDefault = wanted.get('consent') ?? 'granted'
const visit = Math.random().toString(36).slice(2)
// Whether "pending", which decides nothing, is remembered is left to the tracker.
const remembered = () => {
  const decision = localStorage.getItem('life:decision')
  return decision === 'pending' ? [...new Set(['pending', asDefault])] : [decision ?? asDefault]
}
let possible = remembered()
let step = Number(wanted.get('step') ?? 0)
let count = 0
const write = (record) => {
  const line = { ...record, visit, order: count++, step, possible, at: window.deviceClock.realNow() }
  localStorage.setItem(`life:record:${visit}:${line.order}`, JSON.stringify(line))
}
write({ kind: 'opened' })

const realFetch = window.fetch
window.fetch = (url, options) => {
  if (String(url).startsWith(wanted.get('collector'))) {
    write({ kind: 'send', ids: JSON.parse(options.body).batch.map(({ messageId }) => messageId) })
  }
  return realFetch(url, options)
}
for (const outcome of ['sent', 'retry', 'rejected', 'dropped', 'storage', 'ignored']) {
  nsm.on(outcome, ({ ids = [], reason, status, error }) => {
    write({ kind: 'told', outcome, ids, reason, status, ...(error !== undefined && { error: String(error) }) })
  })
}

// Whether the browser is still opening or deleting a database.
const requests = new Set()
let idle = () => {}
for (const name of ['open', 'deleteDatabase']) {
  const real = IDBFactory.prototype[name]
  IDBFactory.prototype[name] = function (...args) {
    const request = real.apply(this, args)
    requests.add(request)
    for (const type of ['success', 'error']) {
      request.addEventListener(type, () => {
        requests.delete(request)
        if (requests.size === 0) idle()
      })
    }
    return request
  }
}

// The other tabs' decisions: both ways in which tabs can hear of each other are heard here, too. What a tab did before
// it pings has arrived when the ping has.
let channel
const heard = {}
let awaited
const hear = (way) => (event) => {
  if (way === 'storage' && event.key !== 'life:ping') return
  heard[way] = Number(event.data ?? event.newValue)
  if (awaited && heard.storage >= awaited.ping && heard.channel >= awaited.ping) {
    possible = [awaited.decision]
    write({ kind: 'decided' })
    awaited.resolve()
    awaited = undefined
  }
}
addEventListener('storage', hear('storage'))
const open = () => {
  channel = new BroadcastChannel('life')
  channel.onmessage = hear('channel')
}
open()

addEventListener(
  'pagehide',
  () => {
    write({ kind: 'left' })
    window.life.shown = false
    // A browser does not keep a page with an open one for going back.
    channel.close()
  },
  true,
)
addEventListener(
  'pageshow',
  ({ persisted }) => {
    window.life.shown = true
    if (!persisted) return
    possible = remembered()
    write({ kind: 'back' })
    open()
  },
  true,
)

const stops = []
const special = {
  start(...args) {
    stops.push(nsm.start(...args))
  },
  stop() {
    return stops.pop()?.()
  },
  consent(next) {
    localStorage.setItem('life:decision', next)
    possible = [next]
    write({ kind: 'consent', to: next })
    nsm.consent(next)
  },
  flush: () => void nsm.flush(),
  reset: () => nsm.reset(),
  register: (...args) => nsm.register(...args),
}

window.life = {
  visit,
  shown: document.readyState === 'complete',
  /** Makes calls, all in this task; then, if so, leaves. */
  run(number, calls, leaving) {
    step = number
    for (const { call, args, bad } of calls) {
      const stopping = call === 'stop' && stops.length > 0
      try {
        const id = (special[call] ?? nsm[call])(...args)
        if (stopping || !special[call]) write({ kind: 'call', call, args, bad, id, moment: stopping })
      } catch (error) {
        write({ kind: 'threw', call, args, error: String(error) })
      }
    }
    if (leaving) location.href = '/without-the-tracker'
  },
  /** Resolves once decisions that another tab is about to make are here. */
  expect(ping, decisions) {
    possible = [...new Set([...possible, ...decisions])]
    write({ kind: 'deciding' })
    const decided = new Promise((resolve) => {
      awaited = { ping, decision: decisions.at(-1), resolve }
    })
    window.life.decided = () => decided
  },
  /** Resolves once no database is being opened or deleted. */
  async databases() {
    if (requests.size > 0) {
      await new Promise((resolve) => {
        idle = resolve
      })
    }
  },
  ping(number) {
    localStorage.setItem('life:ping', String(number))
    channel.postMessage(number)
  },
}
nsm.init({
  writeKey: 'wk_life',
  endpoint: wanted.get('collector'),
  ...(wanted.has('consent') && { consent: asDefault }),
})
