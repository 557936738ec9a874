/** What happens to a page, as far as sending cares. */
export interface Lifecycle {
  /** Seen again, restored, or back online. */
  back(): void
  /** Out of sight, or about to be gone (`ending`). */
  away(ending: boolean): void
  /** Shown for the first time after prerendering. */
  shown(): void
  /** Another tab wrote this key of `localStorage`. */
  stored(key: string | null): void
}

export const hidden = (): boolean => globalThis.document?.visibilityState === 'hidden'

/** Listens on the window, after the page's own listeners on its document; nothing happens where there is none. */
export function watch({ back, away, shown, stored }: Lifecycle): void {
  const on = <E extends Event>(type: string, handler: (event: E) => void) =>
    globalThis.addEventListener?.(type, handler as EventListener)
  on('online', back)
  on<PageTransitionEvent>('pageshow', ({ persisted }) => persisted && back())
  on('visibilitychange', () => (hidden() ? away(false) : back()))
  on('pagehide', () => away(true))
  on<StorageEvent>('storage', ({ key }) => stored(key))
  globalThis.document?.addEventListener('prerenderingchange', shown)
}
