import { auto } from './auto.js'
import { replay } from './clock.js'
import { createTracker } from './tracker.js'

declare global {
  /** The stub, then the tracker. */
  var nsm: unknown
}

/** A call the stub kept: method, arguments, time in ms. */
type Call = [method: string, args: unknown[], time: number]

const calls = Array.isArray(globalThis.nsm) ? (globalThis.nsm as Call[]) : []
const tracker = createTracker()
const script = globalThis.document?.currentScript as HTMLScriptElement | null | undefined
const writeKey = script?.dataset['writeKey']
if (script && writeKey) {
  tracker.init({ writeKey, endpoint: script.dataset['endpoint'] ?? new URL(script.src).origin })
}
for (const [method, args, time] of calls) {
  replay(time, () => (tracker as unknown as Record<string, (...args: unknown[]) => void>)[method]?.(...args))
}
globalThis.nsm = tracker
if (script && 'auto' in script.dataset) auto(tracker.track)
