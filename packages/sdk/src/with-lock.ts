/**
 * Runs `work` while no other tab of this origin does. Aborting `signal` gives up the lock, or the place in its queue, at
 * once: a browser doesn't keep a page that holds one for going back. Where locks are missing (plain http, old browsers)
 * or refused (sandboxed frames) it just runs: two tabs may then send the same event, which the collector counts once.
 */
export async function withLock(name: string, work: () => Promise<void>, signal: AbortSignal): Promise<void> {
  try {
    // Not Promise.race, which a page's replacement for Promise may lack.
    await navigator.locks.request(
      name,
      { signal },
      () =>
        new Promise((resolve) => {
          signal.onabort = resolve
          work().then(resolve, resolve)
        }),
    )
  } catch {
    if (!signal.aborted) await work()
  }
}
