import { VERSION } from './version.js'

/** Where an event happened, as far as this surrounding knows: a worker has no page, a server no navigator. */
export function context() {
  const { document, location, navigator } = globalThis
  return {
    library: { name: '@nsm/sdk', version: VERSION },
    locale: navigator?.language,
    page: document && {
      url: location.href,
      path: location.pathname,
      referrer: document.referrer,
      title: document.title,
    },
  }
}
