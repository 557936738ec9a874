import { VERSION } from './version.js'

/** What newer browsers have. `Intl` says the same, but the first time costs a page 15 ms, and a phone four times that. */
const zone = () => (globalThis as { Temporal?: { Now: { timeZoneId(): string } } }).Temporal?.Now.timeZoneId()

/** Where an event happened, as far as this surrounding knows: what is the same all through a task. */
export const context = () => ({
  library: { name: '@nsm/sdk', version: VERSION },
  locale: globalThis.navigator?.language,
  timezone: zone(),
})
