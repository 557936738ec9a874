export { type Mark, openStore, type Store } from './store.js'
