import { now } from './clock.js'
import type { Core } from './core.js'
import { page } from './page.js'
import { DRAFT_MS, type Draft } from './queue.js'
import type { Properties } from './types/events.js'

/** A running timed event is written so often: what a crash loses at most. */
const BEAT_MS = 15_000
/**
 * Without a beat for this long it is over, and another begins: its page may have slept, and whoever finds its draft
 * {@link DRAFT_MS} after the last beat sends it. Two pages must not add to one event.
 */
const GAP_MS = 90_000

/**
 * Makes `start`: a timed event is tracked when it stops or its page is left. Until then its draft is written again and
 * again, under the same id.
 */
export const createStart =
  ({ put, on }: Pick<Core, 'put' | 'on'>) =>
  (event: string, properties?: Properties) => {
    let draft: Draft & { timestamp: number; messageId?: string }
    let ms: number
    let seen = false
    let last = performance.now()

    const begin = () => {
      ms = 0
      draft = { timestamp: now(), entry: {} }
    }
    const beat = (ending: boolean, more?: Properties) => {
      const time = performance.now()
      if (time - last > GAP_MS) begin()
      else if (seen) ms += time - last
      last = time
      seen = !page()?.hidden
      draft.due = ending ? 0 : Date.now() + DRAFT_MS
      const seconds = Math.round(ms) / 1_000
      const id = put({ type: 'track', event, properties: { ...properties, ...more, seconds } }, draft)
      if (ending) begin()
      else draft.messageId = id
      return id
    }
    begin()
    beat(false)
    const off = on('page', beat)
    const timer = setInterval(beat, BEAT_MS, false)
    return (more?: Properties) => {
      clearInterval(timer)
      off()
      return beat(true, more)
    }
  }
