import { alone } from './alone.js'
import { afterFailure, rested, restOf } from './backoff.js'
import { createChannel } from './channel.js'
import type { Emit } from './emitter.js'
import { BYTES, COUNT, excess, type Key, take } from './key.js'
import type { Entry, Outbox } from './outbox.js'
import { post } from './post.js'
import { retryAfter } from './retry-after.js'
import type { Options } from './types/options.js'
import type { FlushResult, Outcomes } from './types/outcome.js'

const EVERY_MS = 2_000
const SOON_EVENTS = 20
const BATCH_EVENTS = 50
const BATCH_BYTES = 48_000
/** All keepalive requests of a page share 64 KiB. */
const LEAVE_BYTES = 60_000
/** A wrong key or address is not put right within seconds. */
const SETUP_MS = 5 * 60_000
/** Longer timers overflow and fire at once. */
const TIMER_MS = 24 * 3_600_000

type Conclusion = 'sent' | 'rejected' | 'dropped'

/**
 * Gets what is in the outbox to the collector. While something waits, a timer is armed or a run is on its way; when
 * nothing waits there is neither. `open` says whether anything may be sent at all.
 */
export function createSender(
  name: string,
  { endpoint, writeKey }: Options,
  outbox: Outbox,
  emit: Emit,
  open: () => boolean,
) {
  const { mine } = outbox
  let backoff = rested()
  /** Not before this does this page try again after a 401, 403 or 404; ms. */
  let paused = 0
  /** Events of other pages, as far as known, and the bytes of all. */
  let others = 0
  let bytes = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let running: Promise<void> | undefined
  let stop = () => {}
  const tally = { sent: 0, rejected: 0 }

  const size = () => mine.size + others
  const waitFrom = (time: number, eager = false) => Math.max(restOf(backoff, time, eager), paused - time)

  /** Takes concluded events out of the count; returns those that were this page's own. */
  const uncount = (ids: string[]) => {
    const own = ids.filter((id) => mine.delete(id))
    others = Math.max(0, others - ids.length + own.length)
    return own
  }

  const announce = createChannel<[Conclusion, Outcomes[Conclusion]]>(name, ([outcome, detail]) => {
    const ids = uncount(detail.ids)
    if (ids[0]) emit(outcome, { ...detail, ids })
    arm()
  })

  /** The end of events: forgotten on disk, told here and to the other tabs. */
  const conclude = async <K extends Conclusion>(outcome: K, keys: Key[], detail: Omit<Outcomes[K], 'ids'>) => {
    const ids = keys.map((key) => key[1])
    if (!ids[0]) return
    uncount(ids)
    const all = { ...detail, ids } as Outcomes[K]
    emit(outcome, all)
    announce([outcome, all])
    await outbox.remove(keys)
  }

  /** One request. Returns how many events the next one may have; 0: no next one for now. */
  const attempt = async (rows: [Key, string][], leaving: boolean): Promise<number> => {
    const keys = rows.map(([key]) => key)
    const batch = rows.map(([, json]) => json)
    const body = `{"writeKey":${JSON.stringify(writeKey)},"batch":[${batch}],"sentAt":"${new Date().toISOString()}"}`
    const [pending, abort] = post(`${endpoint.replace(/\/$/, '')}/v1/batch`, body, leaving)
    if (!leaving) stop = abort
    const answer = await pending
    if (!answer || !open()) return 0

    const { status, refused } = answer
    const permanent = [400, 410, 413, 422].includes(status)
    if (status === 413 && keys.length > 1) return keys.length >> 1
    if (permanent) {
      tally.rejected += keys.length
      await conclude('rejected', keys, { reason: 'batch', status })
      return BATCH_EVENTS
    }
    if (status >= 200 && status < 300) {
      for (const { i, status, code, message } of refused) {
        await conclude('rejected', keys.slice(i, i + 1), { reason: 'event', status, code, message })
      }
      const sent = keys.filter((_, at) => !refused.some(({ i }) => i === at))
      tally.rejected += refused.length
      tally.sent += sent.length
      await conclude('sent', sent, {})
      if (backoff.tries) {
        backoff = rested()
        await outbox.keepBackoff(backoff)
      }
      return BATCH_EVENTS
    }

    const time = Date.now()
    const setup = [401, 403, 404].includes(status)
    if (setup) paused = time + SETUP_MS
    backoff = afterFailure(backoff, time, retryAfter(answer.retryAfter, time), Math.random())
    emit('retry', {
      ids: keys.map((key) => key[1]),
      reason: setup ? 'setup' : status ? 'server' : 'network',
      status,
      wait: waitFrom(time),
    })
    await outbox.keepBackoff(backoff)
    return 0
  }

  /** Sends batch after batch until nothing is left or it has to wait. */
  const run = async (eager: boolean) => {
    let most = BATCH_EVENTS
    while (most && open()) {
      const time = Date.now()
      const [found, kept] = await outbox.scan(time)
      backoff = kept ?? backoff
      const [keys, out] = excess(found, time)
      others = keys.filter((key) => !mine.has(key[1])).length
      bytes = keys.reduce((sum, key) => sum + key[2], 0)
      for (const [reason, gone] of out) await conclude('dropped', gone, { reason })

      const ready = keys.filter((key) => !mine.get(key[1])?.flying)
      if (!ready[0] || waitFrom(time, eager) > 0) return
      const fit = take(ready, most, BATCH_BYTES)
      const rows = await outbox.read(fit[0] ? fit : ready.slice(0, 1))
      most = rows[0] ? await attempt(rows, false) : 0
    }
  }

  const arm = () => {
    clearTimeout(timer)
    timer = undefined
    if (size() && open() && !running) {
      timer = setTimeout(() => drain(), Math.min(TIMER_MS, waitFrom(Date.now()) || EVERY_MS))
    }
  }

  /** Runs while no other tab does. `eager`: the page or the network came back, or somebody asked. */
  const drain = (eager = false): Promise<void> => {
    if (running) return eager ? running.then(() => drain(eager)) : running
    clearTimeout(timer)
    timer = undefined
    running = alone(name, () => run(eager)).finally(() => {
      running = undefined
      arm()
    })
    return running
  }

  return {
    size,
    drain,
    /** Takes an event. It goes within 2 s, or at once when 20 wait or there are more than may. */
    add(entry: Entry) {
      outbox.add(entry)
      bytes += entry.key[2]
      if (size() > COUNT || bytes > BYTES || (mine.size >= SOON_EVENTS && waitFrom(Date.now()) <= 0)) drain()
      else if (!timer) arm()
    },
    async flush(): Promise<FlushResult> {
      const { sent, rejected } = tally
      await drain(true)
      return { sent: tally.sent - sent, rejected: tally.rejected - rejected, left: size() }
    },
    /**
     * The page may be gone in a moment: sends a copy of what waits in requests that outlive it. They are no receipt
     * until answered; the stored copies stay, and go again if no answer is seen.
     */
    leave() {
      if (!open() || backoff.until > Date.now()) return
      let room = LEAVE_BYTES
      let entries: Entry[] = []
      for (const entry of mine.values()) {
        if (entry.flying) room -= entry.key[2]
        else entries.push(entry)
      }
      for (;;) {
        const part = take(
          entries.map((entry) => entry.key),
          BATCH_EVENTS,
          room,
        ).length
        const batch = entries.slice(0, part)
        if (!part) return
        entries = entries.slice(part)
        for (const entry of batch) {
          entry.flying = true
          room -= entry.key[2]
        }
        attempt(
          batch.map((entry) => [entry.key, entry.json]),
          true,
        ).finally(() => {
          for (const entry of batch) entry.flying = false
          arm()
        })
      }
    },
    /** Gives up the request on its way: the page is put aside, or there is no consent any more. */
    stop: () => stop(),
    /** Nothing waits any more. */
    clear() {
      others = bytes = 0
      stop()
      arm()
    },
  }
}
