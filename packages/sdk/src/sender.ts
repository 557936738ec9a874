import { alone } from './alone.js'
import type { Emit } from './emitter.js'
import type { Identity } from './identity.js'
import { createOutbox, type Entry } from './outbox.js'
import { retryAfter } from './retry-after.js'
import type { Options } from './types/options.js'

const AGE_MS = 7 * 24 * 3_600_000
const COUNT = 1_000
const BYTES = 1_000_000
const EVERY_MS = 2_000
const SOON_EVENTS = 20
const BATCH_EVENTS = 50
const BATCH_BYTES = 48_000
/** All keepalive requests of a page share 64 KiB. */
const LEAVE_BYTES = 60_000
/** No answer for so long is none. */
const PATIENCE_MS = 30_000
const FIRST_MS = 1_000
const MOST_MS = 5 * 60_000

type Conclusion = 'sent' | 'rejected' | 'dropped'
export type Announcement = [outcome: Conclusion, detail: { ids: string[] }]

const idsOf = (entries: Entry[]) => entries.map((entry) => entry.key[1])

/**
 * Gets what waits to the collector. While something waits, a timer is armed or a run is on its way; when nothing waits
 * there is neither.
 */
export function createSender(
  name: () => string,
  options: () => Options,
  me: () => Identity,
  open: () => unknown,
  save: () => void,
  emit: Emit,
  announce: (message: Announcement) => void,
) {
  const [waiting, store, look, remove, erase] = createOutbox(name, emit)
  let timer: ReturnType<typeof setTimeout> | 0 = 0
  let running: Promise<void> | undefined

  /** What can go now, oldest first: up to `most` events and `room` bytes, or `one` however large. */
  const pick = (most: number, room: number, one: boolean) => {
    let bytes = 0
    const batch: Entry[] = []
    for (const entry of waiting.values()) {
      if (entry.json && !entry.flying && batch.length < most) {
        bytes += entry.key[2]
        if (bytes < room || (one && !batch[0])) batch.push(entry)
      }
    }
    return batch
  }

  /** Another tab has seen the end of events; tells what it means for those that wait here. */
  const hear = ([outcome, detail]: Announcement) => {
    const ids = detail.ids.filter((id) => waiting.delete(id))
    if (ids[0]) emit(outcome, { ...detail, ids } as never)
    arm()
  }

  /** The end of events: told here and to the other tabs; the records go. */
  const end = (outcome: Conclusion, entries: Entry[], why?: object) => {
    const end: Announcement = [outcome, { ...why, ids: idsOf(entries) }]
    hear(end)
    announce(end)
    remove(entries)
  }

  /** One request. Returns how many events the next may have; 0: no next one for now. */
  const attempt = async (batch: Entry[], leaving = false): Promise<number> => {
    let response: Response | undefined
    let refused: { i: number }[] = []
    if (!batch[0]) return 0
    for (const entry of batch) entry.flying = leaving
    try {
      const { endpoint, writeKey } = options()
      // A text goes as text/plain, without a preflight. A redirect would make it a GET, and the page of a Wi-Fi gate
      // a receipt.
      response = await fetch(`${endpoint}/v1/batch`, {
        method: 'POST',
        body: `{"batch":[${batch.map((entry) => entry.json)}],${JSON.stringify({ writeKey, sentAt: new Date() }).slice(1)}`,
        keepalive: leaving,
        credentials: 'omit',
        redirect: 'error',
        signal: AbortSignal.timeout?.(PATIENCE_MS) ?? null,
      })
      refused = (await response.json()).results ?? []
    } catch {
      // No answer, or one cut off after its status, which is all that is needed.
    }
    for (const entry of batch) entry.flying = false
    if (!open()) return 0

    const status = response?.status ?? 0
    if (status === 413 && batch[1]) return batch.length >> 1
    const permanent = [400, 410, 413, 422].includes(status)
    if (permanent || response?.ok) {
      if (permanent) refused = batch.map((_, i) => ({ i, status }))
      for (const { i, ...why } of refused) end('rejected', batch.slice(i, i + 1), why)
      end(
        'sent',
        batch.filter((entry) => waiting.has(entry.key[1])),
      )
      me().tries = me().next = me().until = 0
      return BATCH_EVENTS
    }
    const time = Date.now()
    const pause = [401, 403, 404].includes(status) ? MOST_MS : retryAfter(response?.headers.get('Retry-After'), time)
    me().until = time + pause
    me().next = time + Math.max(pause, Math.random() * Math.min(MOST_MS, FIRST_MS * 2 ** me().tries++))
    save()
    emit('retry', { ids: idsOf(batch), status, wait: me().next - time })
    return 0
  }

  /** Sends batch after batch until nothing is left or it has to wait. */
  const run = async () => {
    let most = BATCH_EVENTS
    do {
      await look()
      let count = 0
      let bytes = 0
      for (const entry of [...waiting.values()].reverse()) {
        bytes += entry.key[2]
        const reason = entry.key[0] < Date.now() - AGE_MS ? 'age' : (++count > COUNT || bytes > BYTES) && 'size'
        if (reason) end('dropped', [entry], { reason })
      }
      most = me().next > Date.now() ? 0 : await attempt(pick(most, BATCH_BYTES, true))
    } while (most)
    running = undefined
    arm()
  }

  const arm = () => {
    clearTimeout(timer)
    timer = waiting.size && !running && open() ? setTimeout(drain, Math.max(me().next - Date.now(), EVERY_MS)) : 0
  }

  /** Runs while no other tab does. */
  const drain = () => {
    running ??= alone(name(), run)
    return running
  }

  /** Takes events, and drafts. Events go within 2 s; at once when 20 wait, or more than may. */
  const add = (entries: Entry[], device: string) => {
    store(entries, device)
    if (waiting.size >= (me().next > Date.now() ? COUNT : SOON_EVENTS)) drain()
    else if (!timer) arm()
  }

  /**
   * The page may be gone in a moment: copies of what waits go in a request that outlives it. That is no receipt until
   * one is seen: the stored copies stay, and go again.
   */
  const leave = () => {
    if (open() && me().until < Date.now()) attempt(pick(COUNT, LEAVE_BYTES, false), true).then(arm)
  }

  return [waiting, add, drain, leave, hear, end, erase] as const
}
