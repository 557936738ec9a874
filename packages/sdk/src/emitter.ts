import type { Outcomes } from './types/outcome.js'

export type Emit = <K extends keyof Outcomes>(outcome: K, detail: Outcomes[K]) => void

/** Handlers of outcomes. One that throws stops nobody and is reported by the browser. */
export function createEmitter() {
  const target = new EventTarget()
  return [
    <K extends keyof Outcomes>(outcome: K, handler: (detail: Outcomes[K]) => void) => {
      const listener = (event: Event) => handler((event as CustomEvent).detail)
      target.addEventListener(outcome, listener)
      return () => target.removeEventListener(outcome, listener)
    },
    ((outcome, detail) => {
      target.dispatchEvent(new CustomEvent(outcome, { detail }))
    }) as Emit,
  ] as const
}
