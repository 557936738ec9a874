import './events.js'
import { init, on } from '@nsm/sdk'

/** Call once, before the first render. What is tracked earlier is kept and sent then. */
export function startTracking(): void {
  init({
    endpoint: import.meta.env['VITE_NSM_ENDPOINT'] ?? 'http://127.0.0.1:4600',
    writeKey: import.meta.env['VITE_NSM_WRITE_KEY'] ?? 'wk_dev',
  })
  on('dropped', ({ ids, reason }) => console.warn(`${ids.length} events lost: ${reason}`))
  on('rejected', ({ ids, message }) => console.warn(`${ids.length} events rejected: ${message ?? 'no reason given'}`))
}
