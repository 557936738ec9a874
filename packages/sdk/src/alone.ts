/**
 * Runs `work` while no other tab of this origin does. Aborting `signal` gives the lock, or the place in its queue, back
 * at once: a browser does not keep a page with one for going back. Where locks are missing (plain http, old browsers)
 * or refused (sandboxed frames) it just runs: two tabs may then send the same event, which the collector counts once.
 */
export async function alone(name: string, work: () => Promise<void>, signal: AbortSignal): Promise<void> {
  const left = new Promise((resolve) => {
    signal.onabort = resolve
  })
  try {
    await navigator.locks.request(name, { signal }, () => Promise.race([work(), left]))
  } catch {
    if (!signal.aborted) await work()
  }
}
