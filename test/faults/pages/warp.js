// Lets the page's time run `warp` times as fast from `since` on, and `ahead` ms ahead, so that minutes take seconds.
const asked = new URLSearchParams(location.search)
const warp = Number(asked.get('warp') ?? 1)
const ahead = Number(asked.get('ahead') ?? 0)

if (warp !== 1 || ahead !== 0) {
  const since = Number(asked.get('since'))
  const RealDate = Date
  const realSetTimeout = setTimeout.bind(window)
  const realTimeout = AbortSignal.timeout.bind(AbortSignal)
  const now = () => since + ahead + (RealDate.now() - since) * warp
  window.Date = class extends RealDate {
    constructor(...time) {
      super(...(time.length > 0 ? time : [now()]))
    }
    static now = now
  }
  const realNow = performance.now.bind(performance)
  performance.now = () => realNow() * warp
  window.setTimeout = (run, ms = 0, ...args) => realSetTimeout(run, ms / warp, ...args)
  AbortSignal.timeout = (ms) => realTimeout(Math.ceil(ms / warp))
}
