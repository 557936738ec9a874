export type { Changes, Extent } from './changes.js'
export { type Mark, openStore, type Store } from './store.js'
