import { page } from './page.js'

/**
 * Calls `changed` when the page is shown, hidden or left, or is back on the network: whether it is being left; whether
 * it is hidden now, and may be gone in a moment; whether it came out of the back/forward cache.
 */
export function onLifecycle(changed: (left: boolean, hidden: boolean, restored: boolean) => void): void {
  for (const type of 'online pageshow pagehide visibilitychange prerenderingchange'.split(' ')) {
    globalThis.addEventListener?.(
      type,
      (event) => {
        const left = type === 'pagehide'
        changed(left, left || !!page()?.hidden, !left && (event as PageTransitionEvent).persisted)
      },
      true,
    )
  }
}
