import { auto } from './auto.js'
import { replay } from './clock.js'
import { createTracker } from './tracker.js'

declare global {
  /** The stub's calls, then the tracker. */
  var nsm: unknown
}

const calls = globalThis.nsm as [method: string, args: unknown[], time: number][] | undefined
const tracker = createTracker()
const script = globalThis.document?.currentScript as HTMLScriptElement | null | undefined
globalThis.nsm = tracker

if (script) {
  const { writeKey, endpoint } = script.dataset
  if (writeKey) tracker.init({ writeKey, endpoint: endpoint ?? new URL(script.src).origin })
  if ('auto' in script.dataset) auto(tracker.track)
}
// There are none when the page has no stub, or when another copy of this file came first.
calls?.map?.(([method, args, time]) =>
  replay(time, () => (tracker as unknown as Record<string, (...args: unknown[]) => void>)[method]?.(...args)),
)
