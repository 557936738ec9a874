import { now } from './clock.js'
import type { Entry } from './outbox.js'
import { page } from './page.js'
import type { Properties, TrackOptions } from './types/events.js'
import { uuid } from './uuid.js'

/** A running moment is written so often: what a crash loses at most. */
const BEAT_MS = 15_000
/** Without a beat for so long a moment is over, and who finds its draft sends it. */
const DUE_MS = 120_000
/** Earlier than that its own page, which may have slept, begins another one: two pages must not add to one event. */
const GAP_MS = 90_000

/** What a record of a timed moment has besides; the same object for all of them. */
export interface Moment extends TrackOptions {
  /** The last record, whose place the next takes. */
  last?: Entry
  /** Until when it is only a draft; ms. */
  due?: number
}

/** Timed moments: `start`, and `beat`, to be called when the page is seen, hidden or left (`ending`). */
export function createMoments(track: (event: string, properties: Properties, moment: Moment) => string) {
  const running = new Set<(ending: boolean) => void>()

  const start = (event: string, properties?: Properties) => {
    let moment: Moment
    let ms: number
    let seen = false
    let last = performance.now()

    const begin = () => {
      ms = 0
      moment = { messageId: uuid(now()), timestamp: now() }
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
      return id
    }
    begin()
    beat(false)
    running.add(beat)
    const timer = setInterval(beat, BEAT_MS, false)
    return (more?: Properties) => {
      clearInterval(timer)
      running.delete(beat)
      return beat(true, more)
    }
  }

  const beat = (ending: boolean) => {
    for (const one of running) one(ending)
  }

  return [start, beat] as const
}
