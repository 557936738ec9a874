import { moment } from './start.mjs'

const KEY = { authorization: 'Bearer wk_dev' }
const READ = { authorization: 'Bearer rt_dev' }
/** One in 20 batches is sent again although it was acknowledged. */
const REPLAY = 20

/**
 * Senders that try a batch again, at any of the services, until it is acknowledged, and now and then send one again.
 *
 * @param {{ urls: string[], senders?: number, random(): number }} options
 */
export function startSenders({ urls, senders = 6, random }) {
  const counts = { made: 0, acknowledged: 0, replayed: 0, attempts: 0 }
  const problems = []
  const done = []
  let stopping = false

  async function send(batch) {
    for (;;) {
      counts.attempts++
      const url = urls[Math.floor(random() * urls.length)]
      const answer = await fetch(`${url}/v1/batch`, {
        method: 'POST',
        headers: KEY,
        body: JSON.stringify({ batch, sentAt: new Date() }),
        signal: AbortSignal.timeout(8_000),
      })
        .then(async (response) => ({ status: response.status, body: await response.json() }))
        .catch(() => null)
      if (answer?.status === 200) {
        if (answer.body.rejected > 0) problems.push(answer.body)
        return
      }
      if (answer && answer.status !== 503) problems.push(answer)
      await new Promise((resolve) => setTimeout(resolve, 50 + random() * 150))
    }
  }

  async function work() {
    while (!stopping) {
      const size = 1 + Math.floor(random() * 40)
      const batch = Array.from({ length: size }, () => {
        const n = counts.made++
        return { type: 'track', event: 'value_moment', userId: `u${n % 997}`, messageId: `m-${n}` }
      })
      await send(batch)
      counts.acknowledged += size
      done.push(batch)
      if (done.length % REPLAY === 0) {
        const again = done[Math.floor(random() * done.length)]
        counts.replayed += again.length
        await send(again)
      }
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }

  const workers = Array.from({ length: senders }, work)
  return {
    counts,
    problems,
    /** Resolves when all that was made is acknowledged. */
    async stop() {
      stopping = true
      await Promise.all(workers)
    },
  }
}

/** How many events a service counts, once all it has is in its store. */
export async function countEvents(url) {
  for (;;) {
    const health = await fetch(`${url}/readyz`).then(
      (response) => response.json(),
      () => null,
    )
    if (health?.ready && health.store.applied) break
    await moment()
  }
  const day = (offset) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10)
  const query = new URLSearchParams({ metric: 'value_moments', grain: 'range', from: day(-1), to: day(1) })
  const answer = await (await fetch(`${url}/v1/query?${query}`, { headers: READ })).json()
  return answer.points[0].value
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function seeded(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}
