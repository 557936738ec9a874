import { auto } from './auto.js'
import { replay } from './clock.js'
import { createTracker } from './tracker.js'

declare global {
  /** The stub's calls, then the tracker. */
  var nsm: unknown
}

const calls = globalThis.nsm as [method: string, args: unknown[], time: number][] | undefined
const page = globalThis.document
let script = page?.currentScript as HTMLScriptElement | null | undefined
// In a module, and where a loader runs the file by itself, there is no current script.
if (!script?.dataset?.['writeKey']) script = page?.querySelector<HTMLScriptElement>('script[data-write-key]') ?? script
const { writeKey, endpoint, ...data } = script?.dataset ?? {}

// A page may run the file again (Turbo does), or have a second tag: the tracker stays the one it is.
const own = `nsm:${writeKey}` as 'nsm'
if (!globalThis[own]) {
  const tracker = createTracker()
  globalThis[own] = tracker
  if (writeKey) tracker.init({ writeKey, endpoint: endpoint ?? new URL(script!.src).origin })
  else if (page) console.warn('nsm: no data-write-key; call nsm.init()')
  if ('auto' in data) auto(tracker.track)
}
globalThis.nsm = globalThis[own]
// There are none when the page has no stub, or when this file has run before.
calls?.map?.(([method, args, time]) =>
  replay(time, () => (globalThis.nsm as Record<string, (...args: unknown[]) => void>)[method]?.(...args)),
)
