import type { Outcomes } from './types/outcome.js'

/** What is told: outcomes, and to the tracker's own parts that the page is shown or hidden or, true, left. */
interface Signals extends Outcomes {
  page: boolean
}

export type Emit = <K extends keyof Signals>(outcome: K, detail: Signals[K]) => void

type Entry = [outcome: string, handler: (detail: never) => void]

/**
 * Handlers of outcomes. They are called later in the task, so that who calls `init` and then `on` hears the first, too;
 * and each in a microtask of its own, so one that throws stops nobody and is still reported.
 */
export function createEmitter() {
  const entries = new Set<Entry>()
  return [
    (...entry: Entry) => {
      entries.add(entry)
      return () => entries.delete(entry)
    },
    ((outcome, detail) => {
      queueMicrotask(() => {
        for (const [name, handler] of entries) {
          if (name === outcome) queueMicrotask(() => handler(detail as never))
        }
      })
    }) as Emit,
  ] as const
}
