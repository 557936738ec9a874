export { JournalError } from './journal/index.js'
export { DEVELOPMENT_KEYS } from './keys.js'
export { type ServeOptions, type Service, serve } from './serve.js'
export { ServiceError } from './service-error.js'
