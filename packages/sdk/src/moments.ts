import { now } from './clock.js'
import type { Core } from './core.js'
import type { Entry } from './outbox.js'
import { page } from './page.js'
import type { Properties, TrackOptions } from './types/events.js'

/** A running moment is written so often: what a crash loses at most. */
const BEAT_MS = 15_000
/** Without a beat for so long a moment is over, and who finds its draft sends it. */
const DUE_MS = 120_000
/** Earlier than that its own page, which may have slept, begins another one: two pages must not add to one event. */
const GAP_MS = 90_000

/** What the records of one timed moment share. */
export interface Moment extends TrackOptions {
  /** Its record, written again and again in its place. */
  entry?: Partial<Entry>
  /** Until when it is only a draft; ms. */
  due?: number
}

/**
 * Makes `start`: a timed moment is tracked when it stops or its page is left. Until then its draft is written again and
 * again, under the same id.
 */
export const createStart =
  ({ track, on }: Pick<Core, 'track' | 'on'>) =>
  (event: string, properties?: Properties) => {
    let moment: Moment
    let ms: number
    let seen = false
    let last = performance.now()

    const begin = () => {
      ms = 0
      moment = { timestamp: now(), entry: {} }
    }
    const beat = (ending: boolean, more?: Properties) => {
      const time = performance.now()
      if (time - last > GAP_MS) begin()
      else if (seen) ms += time - last
      last = time
      seen = !page()?.hidden
      moment.due = ending ? 0 : Date.now() + DUE_MS
      const id = track(event, { ...properties, ...more, seconds: Math.round(ms) / 1_000 }, moment)
      if (ending) begin()
      else moment.messageId = id
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
