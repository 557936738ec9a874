import { createTracker } from './tracker.js'

/** The tracker behind the module functions. */
const tracker = createTracker()

export const { init, track, start, identify, group, alias, page, reset, register, consent, flush, on } = tracker

/** How many events of this device are known to wait. */
export const size = (): number => tracker.size
