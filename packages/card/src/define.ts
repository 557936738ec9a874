import { NsmCard } from './element.js'

// Twice on one page, from two versions or two bundles, is fine: the first one stays.
if (!customElements.get('nsm-card')) customElements.define('nsm-card', NsmCard)

export { NsmCard }
