import { page } from './page.js'
import { VERSION } from './version.js'

/** Where an event happened, as far as this surrounding knows. */
export const context = () => ({
  library: { name: '@nsm/sdk', version: VERSION },
  locale: globalThis.navigator?.language,
  page: page() && {
    url: location.href,
    path: location.pathname,
    referrer: document.referrer,
    title: document.title,
  },
})
