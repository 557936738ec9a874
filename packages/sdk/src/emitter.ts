import type { Outcomes } from './types/outcome.js'

export type Emit = <K extends keyof Outcomes>(outcome: K, detail: Outcomes[K]) => void

/** Handlers of outcomes. Each runs in a microtask of its own, so one that throws stops nobody and is still reported. */
export function createEmitter() {
  const handlers: [keyof Outcomes, (detail: never) => void][] = []
  const emit: Emit = (outcome, detail) => {
    for (const [name, handler] of handlers) {
      if (name === outcome) queueMicrotask(() => handler(detail as never))
    }
  }
  const on = (outcome: keyof Outcomes, handler: (detail: never) => void) => {
    const entry: (typeof handlers)[number] = [outcome, handler]
    handlers.push(entry)
    return () => {
      const at = handlers.indexOf(entry)
      if (at >= 0) handlers.splice(at, 1)
    }
  }
  return [on, emit] as const
}
