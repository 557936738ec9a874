export interface Common {
  /** The page, as long as it was there. */
  visit: string
  /** Its place among what the page wrote down. */
  order: number
  step: number
  /** The consents that the tracker may have known at this moment. */
  possible: string[]
  /** Real ms. */
  at: number
}

/** What a page wrote down. */
export type Entry = Common &
  (
    | { kind: 'opened' | 'left' | 'back' | 'deciding' | 'decided' }
    | { kind: 'consent'; to: string }
    | CallMade
    | { kind: 'threw'; call: string; args: unknown[]; error: string }
    | Told
    | { kind: 'send'; ids: string[] }
  )
interface CallMade {
  kind: 'call'
  call: string
  args: unknown[]
  /** Its arguments are not allowed. */
  bad?: boolean
  id?: unknown
  /** It ended a moment whose draft had the same id. */
  moment?: boolean
}
export interface Told {
  kind: 'told'
  outcome: 'sent' | 'retry' | 'rejected' | 'dropped' | 'storage' | 'ignored'
  ids: string[]
  reason?: string
  error?: string
}

/** What is known once a life is over. */
export interface Remains {
  /** All that the pages wrote down, each visit in its order. */
  entries: Entry[]
  /** The visits whose pages are still there. */
  alive: string[]
  /** Events that still wait although the collector has been well for hours. */
  left: number
  /** When every open tab had heard of a decision, real ms. */
  heard: number[]
  /** The difference between the furthest and the least far date of the device, ms. */
  range: number
}
