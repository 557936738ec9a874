export { available, type Launch } from './available.js'
export { type Browser, newProfile, removeProfile, type Tab } from './browser.js'
export { openChromium, runChromium } from './chromium.js'
