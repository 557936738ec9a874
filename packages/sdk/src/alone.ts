/** How long to wait for a tab that has the lock and may be suspended. */
const PATIENCE_MS = 60_000

/**
 * Runs `work` while no other tab of this origin does. Where locks are missing (plain http, old browsers) or refused
 * (sandboxed frames) it runs at once: two tabs may then send the same event, which the collector counts once.
 */
export async function alone(name: string, work: () => Promise<void>): Promise<void> {
  try {
    await navigator.locks.request(name, { signal: AbortSignal.timeout(PATIENCE_MS) }, work)
  } catch {
    await work()
  }
}
