// A device whose clock can be set while pages are open, and that can sleep. Page time runs `warp` times as fast from
// `since` on. `ahead` moves the date alone; `slept` moves the date, `performance.now()` and every timer.
const asked = new URLSearchParams(location.search)
const warp = Number(asked.get('warp'))
const since = Number(asked.get('since'))
const RealDate = Date
const realSetTimeout = setTimeout.bind(window)
const realClearTimeout = clearTimeout.bind(window)

const KEY = 'life:clock'
let device
const read = () => {
  device = JSON.parse(localStorage.getItem(KEY) ?? '{"ahead":0,"slept":0}')
}
read()
const passed = () => device.slept + (RealDate.now() - since) * warp
const start = passed()

const timers = new Map()
let ids = 0
const arm = (id) => {
  const timer = timers.get(id)
  realClearTimeout(timer.real)
  timer.real = realSetTimeout(() => fire(id), Math.max(0, timer.due - passed()) / warp)
}
const fire = (id) => {
  const { run, every } = timers.get(id)
  if (every) {
    timers.get(id).due = passed() + every
    arm(id)
  } else timers.delete(id)
  run()
}
const set = (run, ms, every) => {
  timers.set(++ids, { run, every, due: passed() + ms })
  arm(ids)
  return ids
}
const clear = (id) => {
  realClearTimeout(timers.get(id)?.real)
  timers.delete(id)
}

const now = () => since + device.ahead + passed()
window.Date = class extends RealDate {
  constructor(...time) {
    super(...(time.length > 0 ? time : [now()]))
  }
  static now = now
}
performance.now = () => passed() - start
window.setTimeout = (run, ms = 0, ...args) => set(() => run(...args), ms)
window.setInterval = (run, ms = 0, ...args) => set(() => run(...args), ms, Math.max(ms, 1))
window.clearTimeout = clear
window.clearInterval = clear
AbortSignal.timeout = (ms) => {
  const controller = new AbortController()
  setTimeout(() => controller.abort(new DOMException('Timed out.', 'TimeoutError')), ms)
  return controller.signal
}

window.deviceClock = {
  realNow: () => RealDate.now(),
  set(next) {
    localStorage.setItem(KEY, JSON.stringify(next))
    device = next
    for (const id of [...timers.keys()]) arm(id)
  },
}
// Out of the back/forward cache, before anybody else looks at the time.
addEventListener(
  'pageshow',
  ({ persisted }) => {
    if (!persisted) return
    read()
    window.deviceClock.set(device)
  },
  true,
)
