import { NsmCard } from './element.js'

// A page can load this twice, from two versions or bundles. The first one is used.
if (!customElements.get('nsm-card')) customElements.define('nsm-card', NsmCard)

export { NsmCard }
